/** @import { Answer } from "../wire" */
/** @import { Store } from "../store.js" */

/**
 * @typedef {{host: string, at: number, answer: Answer}} Entry
 * @typedef {ReturnType<typeof createOutbox>} Outbox
 */

const CAP = 20
const KEEP_MS = 7 * 86_400_000

/**
 * Answers not yet known to be stored, newest state of each token, in localStorage.
 *
 * Written before sending, so that a crash or a closed tab loses nothing; sent again it is the
 * same token, so it never counts twice.
 *
 * @param {Store} store
 * @param {() => number} now milliseconds since 1970
 */
export function createOutbox(store, now) {
  /** @returns {Entry[]} */
  function entries() {
    const kept = store.read("queue")
    if (!Array.isArray(kept)) return []
    return kept.filter((entry) => entry?.answer?.token && entry.at > now() - KEEP_MS)
  }
  return {
    entries,
    /**
     * @param {string} host
     * @param {Answer} answer replaces what is kept for its token
     */
    put(host, answer) {
      const others = entries().filter((entry) => entry.answer.token !== answer.token)
      store.write("queue", [...others, { host, at: now(), answer }].slice(-CAP))
    },
    /** @param {Answer} answer forgotten only while no newer state of its token waits */
    drop(answer) {
      const sent = JSON.stringify(answer)
      store.write(
        "queue",
        entries().filter((entry) => JSON.stringify(entry.answer) !== sent),
      )
    },
  }
}
