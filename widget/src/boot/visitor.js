/** @import { Store } from "../store.js" */

/**
 * Return this browser's random id, made once. It is no cookie and never leaves the site it was
 * made on, except to the service the site embeds.
 *
 * @param {Store} store
 * @returns {string} 32 hex digits
 */
export function visitorId(store) {
  const known = store.read("visitor")
  if (typeof known === "string") return known
  // Not crypto.randomUUID: that one is missing on intranet pages without TLS.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const id = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  store.write("visitor", id)
  return id
}
