/**
 * Watch for the last moments in which a page can still send something.
 *
 * @param {(isGone: boolean) => void} leaving isGone: the page goes; else it is only out of view,
 *   which on phones is often the last that is heard of it
 * @returns {() => void} stops watching
 */
export function watchLeaving(leaving) {
  const watch = new AbortController()
  const { signal } = watch
  addEventListener("pagehide", () => leaving(true), { signal })
  document.addEventListener(
    "visibilitychange",
    () => document.visibilityState === "hidden" && leaving(false),
    { signal },
  )
  return () => watch.abort()
}
