/**
 * Wait until somebody can see the page: it has a body and its tab is in front.
 * A survey in a background tab would be counted as shown and seen by nobody.
 *
 * @param {Document} page
 * @returns {Promise<void>}
 */
export function onView(page) {
  return new Promise((resolve) => {
    const look = () => {
      if (!page.body || page.visibilityState === "hidden") return
      page.removeEventListener("visibilitychange", look)
      page.removeEventListener("DOMContentLoaded", look)
      resolve()
    }
    page.addEventListener("visibilitychange", look)
    page.addEventListener("DOMContentLoaded", look)
    look()
  })
}
