import { post } from "./post.js"

/** @import { TokenRequest } from "../wire" */

/**
 * Ask for the right to give one answer; each call counts as one impression.
 *
 * @param {string} host
 * @param {TokenRequest} request
 * @returns {Promise<string | "not-now" | null>} "not-now" when the contact policy says so; null
 *   when refused or out of reach
 */
export async function issueToken(host, request) {
  // JSON, not text/plain: the preflight is what lets the service refuse a foreign page unheard.
  const { status, reply } = await post(`${host}/v1/widget/tokens`, request, "application/json")
  if (status === 409) return "not-now"
  if (status === 201 && typeof reply?.token === "string") return reply.token
  console.debug(`feedback: no token, HTTP ${status}`)
  return null
}
