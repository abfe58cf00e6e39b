/** @import { Store } from "./store.js" */

// The pause that ends a visit, as web statistics commonly count them.
const VISIT_MS = 30 * 60_000

/**
 * Return this browser's random id, made once, and the number of this visit. The id is no cookie
 * and never leaves the site it was made on, except to the service the site embeds.
 *
 * @param {Store} store
 * @param {number} now milliseconds since 1970
 * @returns {{id: string, visit: number}} id: 128 random bits; visit: 1 for the first
 */
export function currentVisitor(store, now) {
  const { id, visit = 0, at = 0 } = Object(store.read("visitor"))
  const visitor = {
    // Not crypto.randomUUID: that one is missing on intranet pages without TLS.
    id: id ?? crypto.getRandomValues(new Uint32Array(4)).join("-"),
    visit: now - at > VISIT_MS ? visit + 1 : visit,
  }
  store.write("visitor", { ...visitor, at: now })
  return visitor
}
