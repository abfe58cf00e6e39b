import { element } from "./element.js"
import { createExtra } from "./extra.js"

/** @import { ExtraAnswers, Survey, TextName } from "../wire" */

// Far below the 64 KiB a browser sends for a closing page, even at four bytes a letter.
const LONGEST = 4000

/**
 * Draw what comes after a choice: the question why, a text field, the survey's other questions.
 *
 * @param {Survey} survey
 * @param {Record<TextName, string>} texts
 */
export function createFollowUp({ questions }, texts) {
  const label = element("label", { class: "why", for: "words" })
  const field = element("textarea", {
    id: "words",
    maxlength: LONGEST,
    placeholder: texts.comment_placeholder,
  })
  const extras = questions.map((question) => createExtra(question, texts.choose_many))
  const node = element("div", { class: "more" }, label, field, ...extras.map((one) => one.node))
  node.hidden = true
  // What was sent once and is then taken back is taken back there too: by being empty.
  /** @type {{comment?: string, answers?: ExtraAnswers}} */
  const said = {}
  return {
    node,
    /** @param {string} [why] @param {string} [band] what else is asked depends on it */
    ask(why = "", band = "") {
      label.textContent = why
      extras.forEach((one, index) => {
        one.node.hidden = !(questions[index]?.bands ?? [band]).includes(band)
      })
      node.hidden = false
    },
    /** @returns {{comment?: string, answers?: ExtraAnswers}} */
    said() {
      const comment = field.value.trim()
      const given = extras.flatMap(({ node: { hidden }, answer }, index) => {
        const one = hidden ? undefined : answer()
        return one === undefined ? [] : [[questions[index]?.key, one]]
      })
      if (comment || said.comment) said.comment = comment
      if (given[0] || said.answers) said.answers = Object.fromEntries(given)
      return { ...said }
    },
  }
}
