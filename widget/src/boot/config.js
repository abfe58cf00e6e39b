/** @import { Config } from "../wire" */

/**
 * Load what may be asked on this site.
 *
 * @param {string} host
 * @param {string} key
 * @param {string} locale
 * @returns {Promise<Config>} rejects when the service refuses or cannot be reached
 */
export async function loadConfig(host, key, locale) {
  const query = new URLSearchParams({ key, locale })
  const reply = await fetch(`${host}/v1/widget?${query}`, { credentials: "omit" })
  if (!reply.ok) throw new Error(`no survey configuration: HTTP ${reply.status}`)
  return reply.json()
}
