/**
 * Tell a confirmed choice from one the arrow keys merely passed over.
 *
 * Native radios select on every arrow key, and browsers report that as a click. A score may alert
 * somebody, so it must be meant: a pointer, a screen reader's own click, Space, Enter or the Send
 * button confirms. Leaving the group does not: people also leave it to close the card.
 *
 * Only arrows announce themselves by a key, so every click that no arrow key caused is confirmed.
 */
export function createChoiceGate() {
  let isArrowing = false
  return {
    /**
     * @param {string} key of a keydown
     * @returns {boolean} whether the focused point is confirmed by it
     */
    pressed(key) {
      isArrowing = key.startsWith("Arrow")
      // Space too: on a point the arrows have already selected it causes no click.
      return key === "Enter" || key === " "
    },
    /** A key went up or a pointer came down: the next click is nobody's arrow. */
    calm() {
      isArrowing = false
    },
    /** @returns {boolean} whether a click now confirms its point */
    confirms: () => !isArrowing,
  }
}
