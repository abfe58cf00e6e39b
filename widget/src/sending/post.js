// A save normally takes milliseconds. Longer than this and the line is as good as dead.
const DEADLINE_MS = 15_000

/**
 * POST one JSON value; never rejects.
 *
 * @param {string} url
 * @param {unknown} body
 * @param {string} type text/plain needs no CORS preflight, so it also leaves while a page closes
 * @returns {Promise<{status: number, reply?: any}>} status 0 when nobody answered in time; no reply
 *   unless it was JSON
 */
export async function post(url, body, type) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": type },
      body: JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      // Not with a preflight: browsers differ on whether that may outlive its page.
      keepalive: type[0] === "t",
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    return { status: response.status, reply: await response.json().catch(() => {}) }
  } catch {
    return { status: 0 }
  }
}
