import { watchChoices } from "./choice-gate.js"
import { createChoices } from "./choices.js"
import { element } from "./element.js"

/** @import { Survey } from "../wire" */

/**
 * Draw the question and its points.
 *
 * @param {Survey} survey
 * @param {() => void} preview an arrow key selected a point; nothing is meant yet
 * @param {(score: number) => void} choose a point was confirmed
 */
export function createScale({ question, points, ends, kind }, preview, choose) {
  const { row, chosen } = createChoices("score", kind, points)

  /** @param {Event} event */
  const confirm = ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return // a label, whose own radio clicks next
    target.checked = true
    choose(Number(target.value))
  }
  watchChoices(row, preview, confirm)

  return {
    node: element(
      "div",
      { class: "main", role: "radiogroup", "aria-labelledby": "question" },
      element("p", { class: "question", id: "question" }, question),
      element(
        "div",
        { class: "scale" },
        row,
        // The end points' labels already carry these words for readers.
        element(
          "div",
          { class: "anchors", "aria-hidden": "true" },
          ...ends.map((end) => element("span", {}, end)),
        ),
      ),
    ),
    /** @returns {number | undefined} the score of the selected point, confirmed or not */
    selected: () => chosen().map(Number)[0],
  }
}
