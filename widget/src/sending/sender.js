import { outcomeOf } from "./outcome.js"
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
 * @param {object} [doors] replaced in tests
 * @param {typeof post} [doors.send]
 * @param {() => number} [doors.now]
 * @param {(fn: () => void, ms: number) => unknown} [doors.later]
 */
export function createSender(
  host,
  outbox,
  { send = post, now = () => Date.now(), later = (fn, ms) => setTimeout(fn, ms) } = {},
) {
  /** @type {Promise<unknown>} */
  let lane = Promise.resolve()
  let failures = 0
  let isWaiting = false

  /**
   * @param {Answer} answer
   * @returns {Promise<Outcome>}
   */
  async function attempt(answer) {
    const { status, reply } = await send(`${host}/v1/responses`, answer, "text/plain;charset=UTF-8")
    const outcome = outcomeOf(status, reply)
    if (outcome.kind === "later") {
      failures += 1
      resumeIn(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS))
    } else {
      failures = 0
      outbox.drop(answer)
    }
    return outcome
  }

  /** @param {number} ms */
  function resumeIn(ms) {
    if (isWaiting) return
    isWaiting = true
    // Up to half as much again, so that a crowd of browsers does not come back in one wave.
    later(
      () => {
        isWaiting = false
        void resume()
      },
      ms * (1 + Math.random() / 2),
    )
  }

  /** Send what is left over from before; stops at the first that fails and waits longer. */
  function resume() {
    lane = lane.then(async () => {
      for (const { host: home, at, answer } of outbox.entries()) {
        if (home !== host) continue
        if (at > now() - SETTLE_MS) resumeIn(SETTLE_MS)
        else if ((await attempt(answer)).kind === "later") return
      }
    })
    return lane
  }

  return {
    resume,
    /**
     * @param {Answer} answer
     * @returns {Promise<Outcome>}
     */
    save(answer) {
      outbox.put(host, answer)
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
      outbox.put(host, answer)
      void attempt(answer)
    },
  }
}
