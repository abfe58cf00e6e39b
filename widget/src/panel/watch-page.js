/**
 * Watch for the last moments in which a page can still send something, and for other tabs.
 *
 * @param {AbortController} watch ends it
 * @param {string} survey
 * @param {(last: {dismissed?: boolean}) => void} leave
 * @param {() => void} settledElsewhere answered or closed in another tab
 */
export function watchPage(watch, survey, leave, settledElsewhere) {
  /** @param {string} type @param {(event: any) => void} heard */
  const on = (type, heard) => addEventListener(type, heard, watch)
  on("pagehide", () => leave({ dismissed: true }))
  // A hidden page may come back; on phones it is often the last that is heard of it.
  on("visibilitychange", () => document.hidden && leave({}))
  on("storage", ({ key }) => key === `feedback:seen:${survey}` && settledElsewhere())
}
