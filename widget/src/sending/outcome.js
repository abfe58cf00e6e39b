/** @import { Outcome } from "../wire" */

/**
 * Say what a reply to a save means.
 *
 * @param {number} status 0 when nobody answered
 * @param {any} reply
 * @returns {Outcome} later when the same save may still succeed: no line, overload, a fault over there
 */
export function outcomeOf(status, reply) {
  if (status >= 200 && status < 300) return { kind: "saved", band: reply?.band ?? null }
  if (status >= 400 && status < 500 && status !== 429) return { kind: "refused" }
  return { kind: "later" }
}
