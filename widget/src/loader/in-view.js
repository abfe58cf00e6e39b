const LOOK_AGAIN_MS = 200

/**
 * Wait until somebody can see a survey: the page has a body, its tab is in front, and no dialog or
 * full screen of its own covers it. Else it would count as shown and be seen by nobody.
 *
 * @returns {Promise<void>}
 */
export async function inView() {
  do {
    // There are no frames behind other tabs, so this costs nothing there.
    await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), LOOK_AGAIN_MS))
  } while (!document.body || document.hidden || document.querySelector(":modal"))
}
