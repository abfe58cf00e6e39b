/** @import { Store } from "../store.js" */

/** @typedef {ReturnType<typeof createSettled>} Settled */

const DAY_MS = 86_400_000

/**
 * Which surveys this visitor is done with for now.
 *
 * Only a hint that saves a request and a second asking: it expires, and the service's contact
 * policy, which sees every channel, has the last word.
 *
 * @param {Store} store
 * @param {() => number} now milliseconds since 1970
 */
export function createSettled(store, now) {
  return {
    /** @param {string} survey */
    has(survey) {
      return Number(store.read(`seen:${survey}`) ?? 0) > now()
    },
    /**
     * @param {string} survey
     * @param {number} days
     */
    add(survey, days) {
      store.write(`seen:${survey}`, now() + days * DAY_MS)
    },
  }
}
