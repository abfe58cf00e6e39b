import { post } from "./post.js"

/** @import { TokenRequest } from "../wire" */

/**
 * Ask for the right to give one answer; each call counts as one impression.
 *
 * @param {string} host
 * @param {TokenRequest} request
 * @returns {Promise<{token?: string, version?: number, wait_ms?: number}>} without a token when
 *   refused or out of reach; wait_ms: how long, when the contact policy says no
 */
export async function issueToken(host, request) {
  // JSON, not text/plain: the preflight is what lets the service refuse a foreign page unheard.
  const { status, reply } = await post(`${host}v1/widget/tokens`, request, "application/json")
  if (status === 201 && reply?.token) return reply
  // Without a date nobody knows when: look again tomorrow.
  return status === 409 ? { wait_ms: Date.parse(reply?.until) - Date.now() || 86_400_000 } : {}
}
