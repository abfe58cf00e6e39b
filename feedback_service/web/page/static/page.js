// @ts-check
// The page works without this script; it only tells a hand from a machine, and sends a score that
// was chosen in a mail at the first sign of a person (data-itself).
{
  const LOOKED_AT_MS = 1500
  const page = document
  let hand = false
  let visibleSince = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer

  /** @param {string} by */
  const mark = (by) => {
    for (const field of page.querySelectorAll("input[name=by]")) field.setAttribute("value", by)
  }

  /** A page that was shown long enough to somebody who moved sends what they chose in the mail. */
  const sendItself = () => {
    /** @type {HTMLFormElement | null} */
    const form = page.querySelector("form[data-itself]")
    const left = LOOKED_AT_MS - (performance.now() - visibleSince)
    clearTimeout(timer)
    if (!form || !hand || page.hidden) return
    if (left > 0) {
      timer = setTimeout(sendItself, left)
      return
    }
    form.removeAttribute("data-itself")
    mark("itself")
    const said = page.getElementById("sending")
    if (said) said.textContent = said.dataset.text || ""
    form.requestSubmit()
  }

  /** @param {Event} event */
  const touched = (event) => {
    if (!event.isTrusted) return
    if (!hand) {
      hand = true
      mark("hand")
      const trap = /** @type {HTMLAnchorElement | null} */ (page.querySelector("a[hidden]"))
      if (trap) navigator.sendBeacon(trap.href)
    }
    const on = event.target instanceof Element ? event.target.closest("form[data-itself]") : null
    // Whoever works on the form themselves is not overtaken.
    if (on && event.type !== "pointermove") on.removeAttribute("data-itself")
    sendItself()
  }

  const shown = () => {
    visibleSince = performance.now()
    sendItself()
  }

  for (const type of ["pointerdown", "pointermove", "touchstart", "keydown", "click"])
    addEventListener(type, touched, { capture: true, passive: true })
  page.addEventListener("visibilitychange", shown)
  page.addEventListener("next-person", () => {
    hand = false
    mark("script")
  })
  mark("script")
  shown()
}
