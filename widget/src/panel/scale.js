import { createChoiceGate } from "./choice-gate.js"
import { element } from "./element.js"

/** @import { Point, Survey } from "../wire" */

/**
 * Draw the question and its points: native radios, so every browser and reader knows them.
 *
 * @param {Survey} survey
 * @param {() => void} preview an arrow key selected a point; nothing is meant yet
 * @param {(score: number) => void} choose a point was confirmed
 */
export function createScale(survey, preview, choose) {
  const gate = createChoiceGate()
  const isNamed = survey.points.some((point) => point.text)
  const kind = isNamed ? "named" : survey.points.length > 7 ? "many" : "few"
  const row = element("div", { class: `points ${kind}` })
  for (const point of survey.points) {
    const name = element("span", {}, point.text ?? String(point.score))
    row.append(element("label", { class: "point" }, radio(point), name))
  }

  /** @param {Event} event */
  const confirm = ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return // a label, whose own radio clicks next
    target.checked = true
    choose(Number(target.value))
  }
  row.addEventListener("keydown", (event) => gate.pressed(event.key) && confirm(event))
  row.addEventListener("keyup", gate.calm)
  row.addEventListener("pointerdown", gate.calm)
  row.addEventListener("click", (event) => gate.confirms() && confirm(event))
  row.addEventListener("change", () => gate.confirms() || preview())

  const node = element(
    "fieldset",
    {},
    element("legend", { class: "question" }, survey.question),
    row,
  )
  if (!isNamed) node.append(anchors(survey))
  return {
    node,
    /** @returns {number | undefined} the score of the selected point, confirmed or not */
    selected() {
      const input = /** @type {HTMLInputElement | null} */ (row.querySelector(":checked"))
      return input ? Number(input.value) : undefined
    },
  }
}

/** @param {Point} point */
function radio(point) {
  return element("input", {
    type: "radio",
    name: "score",
    value: String(point.score),
    "aria-label": point.label,
  })
}

/** @param {Survey} survey whose end points' labels already carry these words for readers */
function anchors(survey) {
  return element(
    "div",
    { class: "anchors", "aria-hidden": "true" },
    element("span", {}, survey.low_label),
    element("span", {}, survey.high_label),
  )
}
