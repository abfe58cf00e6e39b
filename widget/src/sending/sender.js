import { post } from "./post.js"

/** @import { Answer, Outcome } from "../wire" */
/** @import { Outbox } from "./outbox.js" */

/** @typedef {ReturnType<typeof createSender>} Sender */

// A younger entry may be on its way from another tab; sending it twice could overtake a newer state.
const SETTLE_MS = 5_000
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 300_000

/**
 * Send answers in order, keep what could not be sent and try again.
 *
 * One lane: each save carries the whole state, so an older one must never arrive last.
 *
 * @param {string} host
 * @param {Outbox} outbox
 */
export function createSender(host, outbox) {
  /** @type {Promise<unknown>} */
  let lane = Promise.resolve()
  let failures = 0
  let isWaiting = false

  /**
   * @param {Answer} answer
   * @returns {Promise<Outcome>}
   */
  async function attempt(answer) {
    const { status } = await post(`${host}v1/responses`, answer, "text/plain;charset=UTF-8")
    // No line, overload, a fault over there: the same save may still succeed.
    if (!status || status > 499 || status === 429) {
      resumeIn(Math.min(FIRST_RETRY_MS * 2 ** failures++, LONGEST_RETRY_MS))
      return "later"
    }
    failures = 0
    outbox.drop(answer)
    return status < 300 ? "saved" : "refused"
  }

  /** @param {number} ms */
  function resumeIn(ms) {
    if (isWaiting) return
    isWaiting = true
    // Up to half as much again, so that a crowd of browsers does not come back in one wave.
    setTimeout(
      () => {
        isWaiting = false
        resume()
      },
      ms * (1 + Math.random() / 2),
    )
  }

  /** Send what is left over from before; stops at the first that fails and waits longer. */
  function resume() {
    return (lane = lane.then(async () => {
      for (const { at, answer } of outbox.entries()) {
        if (at > Date.now() - SETTLE_MS) resumeIn(SETTLE_MS)
        else if ((await attempt(answer)) === "later") return
      }
    }))
  }

  return {
    resume,
    /**
     * @param {Answer} answer
     * @returns {Promise<Outcome>}
     */
    save(answer) {
      outbox.put(answer)
      const saved = lane.then(() => attempt(answer))
      lane = saved
      return saved
    },
    /**
     * Send at once, beside the lane: the page may be gone before its turn comes.
     *
     * @param {Answer} answer
     */
    hurry(answer) {
      outbox.put(answer)
      attempt(answer)
    },
  }
}
