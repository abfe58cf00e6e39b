/** @import { Answer } from "../wire" */

/**
 * One answer as it grows. Every method returns the whole state to save.
 *
 * @param {string} token
 * @param {Answer["context"]} context
 */
export function createAnswer(token, context) {
  /** @type {Answer} */
  let state = { token, context }
  let sentWords = ""

  /**
   * @param {Partial<Answer>} changes
   * @param {string} [words] the comment as typed
   * @returns {Answer}
   */
  function grow(changes, words = "") {
    const comment = words.trim()
    state = { ...state, ...changes }
    // Words taken back, or skipped after they were sent, are taken back there too: by an empty comment.
    if (comment || state.comment) state.comment = comment
    sentWords = comment
    return state
  }

  return {
    /** @returns {number | undefined} the confirmed score */
    score: () => state.score,
    /** @param {number} score @param {string} words */
    choose: (score, words) => grow({ score }, words),
    /** @param {number} score @param {string} words */
    complete: (score, words) => grow({ score, complete: true }, words),
    /** @param {string} words */
    dismiss: (words) => grow({ dismissed: true }, words),
    /**
     * The page is hidden or goes away: only words not yet sent are worth a request.
     *
     * @param {string} words
     * @param {boolean} isGone a page that is merely hidden may come back, so nothing is dismissed
     * @returns {Answer | null} null when there is nothing new to say
     */
    leave(words, isGone) {
      if (!words.trim() || words.trim() === sentWords) return null
      const next = grow({}, words)
      // Not kept: a page restored from the back-forward cache goes on where it was.
      return isGone ? { ...next, dismissed: true } : next
    },
  }
}
