import cardCss from "./card.css"
import { element } from "./element.js"
import { themeCss } from "./theme-css.js"

/** @import { Config, Survey } from "../wire" */

/** @typedef {ReturnType<typeof createFrame>} Frame */

// A live region filled in the same breath as it appears is not read out by every screen reader.
const ANNOUNCE_AFTER_MS = 150

/**
 * Put an empty card on the page: shadow root, close button, status line, live region.
 *
 * A region, not a dialog: it asks for nothing at once, takes no focus and blocks nothing, and as a
 * landmark it can be found and left. Its arrival is announced politely.
 *
 * @param {Config} config
 * @param {Survey} survey
 * @param {() => void} close
 */
export function createFrame(config, survey, close) {
  const { texts, locale, dir } = config
  const host = element("div", { "data-feedback": survey.key })
  const root = host.attachShadow({ mode: "open" })
  const sheets = [themeCss(survey.theme ?? {}), cardCss].map((css) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    return sheet
  })
  root.adoptedStyleSheets = sheets
  const content = element("div", { class: "content" })
  const note = element("p", { class: "note" })
  const live = element("div", { class: "live", role: "status" })
  const closeButton = element("button", {
    class: "close",
    type: "button",
    "aria-label": texts.close,
  })
  // Left and right are meant as said: whoever chose a corner looked at the page.
  const side = survey.display.position === "bottom-left" ? "left" : "right"
  const card = element(
    "div",
    { class: `card ${side}`, role: "region", "aria-label": texts.region, lang: locale, dir },
    content,
    note,
    closeButton,
    live,
  )
  if (texts.powered) card.append(element("p", { class: "powered" }, texts.powered))
  root.append(card)

  /** @type {HTMLElement | null} where the focus was before it came in */
  let cameFrom = null
  closeButton.addEventListener("click", close)
  root.addEventListener("focusin", (event) => {
    const from = /** @type {FocusEvent} */ (event).relatedTarget
    if (from instanceof HTMLElement && !root.contains(from)) cameFrom = from
  })
  for (const type of ["keydown", "keypress", "keyup"]) {
    root.addEventListener(type, (event) => {
      // From outside, typing here looks like typing on a <div>, and would set off page shortcuts.
      event.stopPropagation()
      if (type === "keydown" && /** @type {KeyboardEvent} */ (event).key === "Escape") close()
    })
  }
  // No body yet: the script ran in <head> and everything was in the cache.
  ;(document.body ?? document.documentElement).append(host)

  return {
    card,
    content,
    /** @param {string} text shown under the content */
    say(text) {
      note.textContent = text
    },
    /** @param {string} text for screen readers, said when they pause */
    announce(text) {
      setTimeout(() => {
        live.textContent = text
      }, ANNOUNCE_AFTER_MS)
    },
    /** @returns {boolean} whether the keyboard, not just a click, has the focus in the card */
    hasKeyboardFocus: () => Boolean(root.activeElement?.matches(":focus-visible")),
    remove() {
      const hadFocus = root.activeElement
      host.remove()
      if (hadFocus && cameFrom?.isConnected) cameFrom.focus({ preventScroll: true })
    },
  }
}
