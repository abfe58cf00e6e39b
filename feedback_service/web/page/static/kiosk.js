// @ts-check
// A kiosk: each page takes the place of the one before, and the start comes back by itself.
{
  const page = document
  const { home = "", idle } = page.documentElement.dataset
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
    page.dispatchEvent(new Event("next-person"))
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
