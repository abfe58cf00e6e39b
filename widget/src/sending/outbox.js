/** @import { Answer } from "../wire" */
/** @import { Store } from "../loader/store.js" */

/**
 * @typedef {{at: number, answer: Answer}} Entry
 * @typedef {ReturnType<typeof createOutbox>} Outbox
 */

const KEEP_MS = 7 * 86_400_000
// The loader looks for this name too, to know whether there is anything to send.
const MARK = "feedback:queue:"

/** @param {Answer} answer the end of a token is its signature: as good as a name */
const nameOf = ({ token }) => `queue:${token.slice(-16)}`

/**
 * Answers not yet known to be stored, newest state of each token, in localStorage.
 *
 * Written before sending, so that a crash or a closed tab loses nothing; sent again it is the
 * same token, so it never counts twice. Each token has its own entry: two tabs never write the same.
 *
 * @param {Store} store
 */
export function createOutbox(store) {
  return {
    /** @returns {Entry[]} */
    entries() {
      const names = store.keys().filter((key) => key.startsWith(MARK))
      return names.flatMap((key) => {
        const name = key.slice(9)
        const entry = store.read(name)
        if (entry?.answer?.token && entry.at > Date.now() - KEEP_MS) return entry
        store.write(name)
        return []
      })
    },
    /** @param {Answer} answer replaces what is kept for its token */
    put(answer) {
      store.write(nameOf(answer), { at: Date.now(), answer })
    },
    /** @param {Answer} answer forgotten only while no newer state of its token waits */
    drop(answer) {
      const name = nameOf(answer)
      if (JSON.stringify(store.read(name)?.answer) === JSON.stringify(answer)) store.write(name)
    },
  }
}
