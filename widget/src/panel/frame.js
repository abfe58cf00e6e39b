import css from "./css/index.css"
import { element } from "./element.js"

/** @import { Config, Survey } from "../wire" */

/** @typedef {ReturnType<typeof createFrame>} Frame */

// A live region filled in the same breath as it appears is not read out by every screen reader.
const ANNOUNCE_AFTER_MS = 150

/**
 * Put an empty card on the page: shadow root, close button, status line, live region.
 *
 * A region, not a dialog, unless the survey asks for one: it takes no focus and blocks nothing, and
 * as a landmark it can be found and left. Its arrival is announced politely.
 *
 * @param {Config} config
 * @param {Survey} survey
 * @param {() => void} close
 */
export function createFrame({ texts, locale, dir }, survey, close) {
  const { key, position, element: place } = survey
  const isModal = position === "center"
  const host = element("div", { "data-feedback": key })
  const root = host.attachShadow({ mode: "open" })
  root.adoptedStyleSheets = [css, survey.css].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  const content = element("div", { class: "content" })
  const note = element("p", { class: "note" })
  const live = element("div", { class: "live", role: "status" })
  const closeButton = element("button", { class: "close", "aria-label": texts.close }, "×")
  const card = element(
    isModal ? "dialog" : "div",
    {
      class: `card ${position}`,
      role: isModal ? undefined : "region",
      "aria-label": texts.region,
      lang: locale,
      dir,
    },
    content,
    closeButton,
    live,
  )
  root.append(card)

  /** @type {any} where the focus was before it came in */
  let cameFrom
  closeButton.addEventListener("click", close)
  card.addEventListener("cancel", close)
  card.addEventListener("focusin", (/** @type {any} */ { relatedTarget }) => {
    if (relatedTarget && !root.contains(relatedTarget)) cameFrom = relatedTarget
  })
  for (const type of ["keydown", "keypress", "keyup"]) {
    card.addEventListener(type, (event) => {
      // From outside, typing here looks like typing on a <div>, and would set off page shortcuts.
      event.stopPropagation()
      if (/** @type {KeyboardEvent} */ (event).key === "Escape") close()
    })
  }

  return {
    card,
    content,
    note,
    isModal,
    /** Put it on the page, filled. */
    open() {
      ;((place && document.querySelector(place)) || document.body).append(host)
      if (!(card instanceof HTMLDialogElement)) return
      cameFrom = document.activeElement
      card.showModal()
    },
    /**
     * @param {string} seen shown beside the buttons
     * @param {string} [heard] said by screen readers when they pause
     */
    tell(seen, heard = seen) {
      note.textContent = seen
      setTimeout(() => (live.textContent = heard), ANNOUNCE_AFTER_MS)
    },
    /** @returns {boolean} whether the keyboard, not just a click, has the focus in the card */
    hasKeyboardFocus: () => !!root.activeElement?.matches(":focus-visible"),
    remove() {
      const hadFocus = root.activeElement
      host.remove()
      if (hadFocus) cameFrom?.focus({ preventScroll: true })
    },
  }
}
