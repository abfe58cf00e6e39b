// @ts-check
// The page works without this script; it only tells a hand from a machine, sends a score that was
// chosen in a mail at the first sign of a person (data-itself), and runs a kiosk (data-home).
{
  const LOOKED_AT_MS = 1500
  const page = document
  const { home, idle } = page.documentElement.dataset
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
  mark("script")
  shown()

  if (home) {
    const idleMs = Number(idle) * 1000
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let waiting
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let ticking
    let isHome = true
    let busy = false

    /** @param {Document} next */
    const put = (next) => {
      const main = next.querySelector("main")
      const old = page.querySelector("main")
      if (!main || !old) return
      old.replaceWith(page.adoptNode(main))
      page.title = next.title
      hand = false
      mark("script")
      scrollTo(0, 0)
      main.tabIndex = -1
      main.focus()
      clearInterval(ticking)
      const clock = page.getElementById("restarts")
      if (clock) count(clock)
    }

    /** @param {HTMLElement} clock */
    const count = (clock) => {
      let left = Number(clock.dataset.seconds)
      const tick = () => {
        clock.textContent = (clock.dataset.text || "").replace("{seconds}", String(left))
        left -= 1
        if (left < 0) go(home)
      }
      tick()
      ticking = setInterval(tick, 1000)
    }

    /**
     * Show a page in the place of this one: nothing flickers, and Back leads to nobody's answer.
     * @param {string} url
     * @param {RequestInit} [request]
     */
    const go = async (url, request) => {
      if (busy) return
      busy = true
      clearInterval(ticking)
      try {
        const reply = await fetch(url, { ...request, headers: { Accept: "text/html" } })
        const html = await reply.text()
        isHome = url === home
        put(new DOMParser().parseFromString(html, "text/html"))
      } catch {
        const away = page.getElementById("away")
        if (away) away.hidden = false
        waiting = setTimeout(() => go(home), idleMs)
      } finally {
        busy = false
      }
    }

    const watch = () => {
      clearTimeout(waiting)
      waiting = setTimeout(() => (isHome && !page.querySelector("input:checked") ? watch() : go(home)), idleMs)
    }

    addEventListener("submit", (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target)
      event.preventDefault()
      const fields = new FormData(form, event.submitter)
      // @ts-ignore a form's fields are texts
      go(form.action, { method: "POST", body: new URLSearchParams(fields) })
    })
    addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null
      if (!link || !event.isTrusted) return
      event.preventDefault()
      const url = link.getAttribute("href") || home
      go(url)
    })
    for (const type of ["pointerdown", "keydown", "input"]) addEventListener(type, watch, true)
    // A tablet on a stand shows nothing but the survey from the first touch on.
    addEventListener("pointerup", () => {
      const root = page.documentElement
      if (!page.fullscreenElement && root.requestFullscreen) root.requestFullscreen().catch(() => {})
    })
    watch()
  }
}
