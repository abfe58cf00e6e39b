import assert from "node:assert/strict"
import { test } from "node:test"
import { createAnswer } from "../src/panel/answer.js"
import { createChoiceGate } from "../src/panel/choice-gate.js"
import { contrast } from "../src/panel/contrast.js"
import { palette } from "../src/panel/palette.js"
import { rgb } from "../src/panel/rgb.js"
import { themeCss } from "../src/panel/theme-css.js"

const context = { page_url: "https://shop.example/", locale: "en" }

test("every save carries the whole state so far", () => {
  const answer = createAnswer("t", context)
  assert.deepEqual(answer.choose(3, ""), { token: "t", context, score: 3 })
  assert.deepEqual(answer.complete(3, " too slow "), {
    token: "t",
    context,
    score: 3,
    comment: "too slow",
    complete: true,
  })
})

test("closing without a score is a dismissal, with one it keeps the score", () => {
  assert.deepEqual(createAnswer("t", context).dismiss(""), { token: "t", context, dismissed: true })
  const answer = createAnswer("t", context)
  answer.choose(7, "")
  assert.equal(answer.dismiss("").score, 7)
})

test("a page that is left sends words once, and only a page that goes is a dismissal", () => {
  const answer = createAnswer("t", context)
  answer.choose(2, "")
  assert.equal(answer.leave("  ", true), null)
  assert.deepEqual(answer.leave("late", false), { token: "t", context, score: 2, comment: "late" })
  assert.equal(answer.leave("late", true), null)
  assert.equal(answer.leave("late and wet", true)?.dismissed, true)
  assert.equal(answer.complete(2, "late and wet").dismissed, undefined)
})

test("words sent once and then skipped are taken back", () => {
  const answer = createAnswer("t", context)
  answer.choose(2, "")
  answer.leave("hm", false)
  assert.equal(answer.complete(2, "").comment, "")
})

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

for (const [hex, expected] of [
  ["#fff", [255, 255, 255]],
  ["#1234", [17, 34, 51]],
  ["#2457D6", [36, 87, 214]],
  ["#2457d680", [36, 87, 214]],
  ["#12345", null],
  ["red", null],
  ["#fff;}*{color:red", null],
  [undefined, null],
]) {
  test(`colour ${hex} is ${expected}`, () => assert.deepEqual(rgb(hex), expected))
}

test("contrast is that of WCAG", () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21)
  assert.equal(contrast([9, 9, 9], [9, 9, 9]), 1)
  assert.ok(Math.abs(contrast([118, 118, 118], [255, 255, 255]) - 4.54) < 0.01)
})

const themes = [
  {},
  { accent: "#ffe14d" },
  { accent: "#000000" },
  { background: "#777777", text: "#888888", accent: "#787878" },
  { background: "#fffbe6", text: "#cccccc" },
  { background: "#101010", accent: "#222222" },
]
for (const theme of themes) {
  for (const scheme of ["light", "dark"]) {
    test(`everything can be read in ${scheme} with ${JSON.stringify(theme)}`, () => {
      const made = palette(theme, scheme)
      const ratio = (a, b) => contrast(made[a].match(/\d+/g), made[b].match(/\d+/g))
      for (const text of ["text", "muted"]) assert.ok(ratio(text, "bg") >= 4.5, text)
      for (const ground of ["cell", "hover"]) assert.ok(ratio("text", ground) >= 4.5, ground)
      assert.ok(ratio("ink", "accent") >= 4.5, "ink")
      for (const part of ["accent", "edge"]) assert.ok(ratio(part, "bg") >= 3, part)
    })
  }
}

test("a theme cannot smuggle rules into the stylesheet", () => {
  const css = themeCss({ accent: "red}*{display:none", radius: "8px;} :host{top:0" })
  assert.ok(!css.includes("display:none") && !css.includes(":host"))
  assert.match(css, /--radius:10px/)
})

test("a scheme is followed, and a background of its own holds day and night", () => {
  assert.match(themeCss({}), /prefers-color-scheme:dark/)
  assert.doesNotMatch(themeCss({ scheme: "light" }), /prefers-color-scheme|color-scheme:dark/)
  assert.match(themeCss({ scheme: "dark" }), /^\.card\{.*color-scheme:dark\}$/)
  assert.match(themeCss({ background: "#fffbe6" }), /^\.card\{.*color-scheme:light\}$/)
})
