import { issueToken } from "../sending/token.js"
import { openPanel } from "./panel.js"

/** @import { Parts } from "./index.js" */
/** @import { Person } from "../loader/session.js" */
/** @import { Sender } from "../sending/sender.js" */

const DAY_MS = 86_400_000
// After a card was shown nothing else is shown unbidden: about one visit.
const REST_MS = 30 * 60_000

/**
 * @param {Parts} parts
 * @param {Sender} sender
 */
export function createAsk({ host, key, locale, store, visitor, emit, get }, sender) {
  /** @param {string} name @param {number} ms how long not to ask */
  const rest = (name, ms) => store.write(name, { until: Date.now() + ms })

  /**
   * Get a token and show one survey.
   *
   * @param {string} survey
   * @param {Person} person
   * @param {() => void} closed
   * @returns {Promise<{close(): void} | undefined>} undefined when this person is not asked now
   */
  return async (survey, { identity, ...person }, closed) => {
    // Without query and fragment: those may hold secrets of the page.
    const page_url = location.origin + location.pathname
    const context = { page_url, ...person }
    const issued = await issueToken(host, { key, survey, visitor, identity, context })
    const { token, version, wait_ms } = issued
    if (wait_ms) rest(`seen:${survey}`, wait_ms)
    if (!token) return
    const config = await get(
      `?${new URLSearchParams({
        survey,
        version: `${version}`,
        locale: locale || document.documentElement.lang || navigator.language,
      })}&`,
    )
    rest("rest", REST_MS)
    return openPanel({
      config,
      answer: { token, context: { page_url, locale: config.locale } },
      sender,
      emit,
      settled: (days) => rest(`seen:${survey}`, days * DAY_MS),
      closed,
    })
  }
}
