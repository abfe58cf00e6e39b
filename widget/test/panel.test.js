import assert from "node:assert/strict"
import { test } from "node:test"
import { watchChoices } from "../src/panel/choice-gate.js"

/** A row of points that tells what was made of each event: "preview", "confirm". */
function openRow() {
  const row = new EventTarget()
  /** @type {string[]} */
  const heard = []
  watchChoices(
    /** @type {any} */ (row),
    () => heard.push("preview"),
    () => heard.push("confirm"),
  )
  return {
    heard,
    /** @param {string} type @param {string} [key] */
    happens: (type, key) => row.dispatchEvent(Object.assign(new Event(type), { key })),
  }
}

test("a click confirms unless an arrow key caused it", () => {
  const { heard, happens } = openRow()
  happens("click")
  happens("keydown", "ArrowRight")
  happens("click")
  happens("change")
  happens("keyup", "ArrowRight")
  happens("click")
  assert.deepEqual(heard, ["confirm", "preview", "confirm"])
})

test("a pointer confirms even while an arrow key is held", () => {
  const { heard, happens } = openRow()
  happens("keydown", "ArrowRight")
  happens("pointerdown")
  happens("click")
  assert.deepEqual(heard, ["confirm"])
})

test("Enter and Space confirm, other keys do not", () => {
  const { heard, happens } = openRow()
  happens("keydown", "Enter")
  happens("keydown", " ")
  happens("keydown", "Tab")
  assert.deepEqual(heard, ["confirm", "confirm"])
})
