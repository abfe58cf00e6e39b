// A save normally takes milliseconds. Longer than this and the line is as good as dead.
const DEADLINE_MS = 15_000

/**
 * POST one JSON value; never rejects.
 *
 * @param {string} url
 * @param {unknown} body
 * @param {string} type text/plain needs no CORS preflight, so it also leaves while a page closes
 * @returns {Promise<{status: number, reply: any}>} status 0 when nobody answered in time; reply is
 *   null unless it was JSON
 */
export async function post(url, body, type) {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), DEADLINE_MS)
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": type },
      body: JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      // Not with a preflight: browsers differ on whether that may outlive its page.
      keepalive: type.startsWith("text/plain"),
      signal: deadline.signal,
    })
    const reply = await response.json().catch(() => null)
    return { status: response.status, reply }
  } catch {
    return { status: 0, reply: null }
  } finally {
    clearTimeout(timer)
  }
}
