import assert from "node:assert/strict"
import { test } from "node:test"
import { createChoiceGate } from "../src/panel/choice-gate.js"

test("a click confirms unless an arrow key caused it", () => {
  const gate = createChoiceGate()
  assert.ok(gate.confirms())
  assert.equal(gate.pressed("ArrowRight"), false)
  assert.ok(!gate.confirms())
  gate.calm()
  assert.ok(gate.confirms())
})

test("Enter and Space confirm, other keys do not", () => {
  const gate = createChoiceGate()
  assert.equal(gate.pressed("Enter"), true)
  assert.equal(gate.pressed(" "), true)
  assert.equal(gate.pressed("Tab"), false)
  assert.ok(gate.confirms())
})
