import { element } from "./element.js"

/** @import { Config } from "../wire" */

// Far below the 64 KiB a browser sends for a closing page, even at four bytes a letter.
const LONGEST = 4000

/**
 * Draw what comes after a choice: the question why, a text field, Skip and Send.
 *
 * Before a choice is confirmed only Send may show, for somebody who moves with the arrow keys.
 *
 * @param {Config["texts"]} texts
 * @param {() => void} send
 * @param {() => void} skip
 */
export function createFollowUp(texts, send, skip) {
  const label = element("label", { class: "why", for: "words" })
  const field = element("textarea", {
    id: "words",
    rows: "3",
    maxlength: String(LONGEST),
    placeholder: texts.comment_placeholder,
  })
  const words = element("div", { class: "words" }, label, field)
  const skipButton = element("button", { class: "quiet", type: "button" }, texts.skip)
  const sendButton = element("button", { class: "send", type: "button" }, texts.send)
  const node = element(
    "div",
    { class: "follow-up" },
    words,
    element("div", { class: "actions" }, skipButton, sendButton),
  )
  node.hidden = words.hidden = skipButton.hidden = true
  sendButton.addEventListener("click", send)
  skipButton.addEventListener("click", skip)
  return {
    node,
    text: () => field.value,
    offerSend() {
      node.hidden = false
    },
    /** @param {string | null} question */
    ask(question) {
      label.textContent = question || texts.comment_label
      node.hidden = words.hidden = skipButton.hidden = false
    },
  }
}
