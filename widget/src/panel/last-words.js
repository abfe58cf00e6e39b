import { closeWhenIdle } from "./close-when-idle.js"
import { element } from "./element.js"

/** @import { Band } from "../wire" */
/** @import { Frame } from "./frame.js" */

const THANKS_MS = 5_000

/**
 * Show the end of a survey: thanks, or why the answer was not taken.
 *
 * @param {Frame} frame
 * @param {() => void} close
 * @param {Partial<Band>} words a card with a link stays until it is closed
 * @param {string} newTab for readers: that the link opens one
 */
export function lastWords(frame, close, { thanks = "", link, name }, newTab) {
  const { card, content, note, tell } = frame
  const last = element("p", { class: name ? "last thanks" : "last", tabindex: -1 }, thanks)
  const takesFocus = frame.isModal || frame.hasKeyboardFocus()
  card.classList.add("done")
  content.replaceChildren(last, note)
  // The button just pressed is gone; whoever works by keyboard must not be thrown off the card.
  if (takesFocus) last.focus({ preventScroll: true })
  tell("", takesFocus ? "" : thanks)
  if (!link) return closeWhenIdle(card, THANKS_MS, close)
  last.after(
    element(
      "a",
      { class: "send", href: link.url, target: "_blank" },
      link.text,
      element("span", { class: "live" }, ` (${newTab})`),
    ),
  )
}
