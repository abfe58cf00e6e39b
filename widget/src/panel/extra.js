import { createChoices } from "./choices.js"
import { element } from "./element.js"

/** @import { ExtraAnswers, Question } from "../wire" */

const LONGEST = 500

/**
 * Draw one question beyond the score.
 *
 * @param {Question} question
 * @param {string} hint for questions with several answers
 * @returns {{node: HTMLElement, answer(): ExtraAnswers[string] | undefined}} undefined while unanswered
 */
export function createExtra({ key, kind, text, options }, hint) {
  const id = `q-${key}`
  if (kind === "text") {
    const input = element("input", { id, type: "text", maxlength: LONGEST })
    const label = element("label", { class: "why", for: id }, text)
    return {
      node: element("div", { class: "extra" }, label, input),
      answer: () => input.value.trim() || undefined,
    }
  }
  const isMany = kind === "multiple"
  const isScale = kind === "scale"
  const type = isMany ? "checkbox" : "radio"
  const { row, chosen } = createChoices(id, isScale ? "many" : "list", options, type)
  const heading = element("p", { class: "why", id }, text)
  if (isMany) heading.append(element("small", {}, hint))
  const role = isMany ? "group" : "radiogroup"
  return {
    node: element("div", { class: "extra", role, "aria-labelledby": id }, heading, row),
    answer() {
      const found = chosen()
      return found[0] && (isMany ? found : isScale ? Number(found[0]) : found[0])
    },
  }
}
