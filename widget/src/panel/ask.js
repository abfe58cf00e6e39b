import { visitorId } from "../boot/visitor.js"
import { issueToken } from "../sending/token.js"
import { openPanel } from "./panel.js"

/** @import { Config, Survey } from "../wire" */
/** @import { Events } from "../boot/events.js" */
/** @import { Person } from "../boot/session.js" */
/** @import { Settings } from "../boot/script.js" */
/** @import { Settled } from "../boot/settled.js" */
/** @import { Sender } from "../sending/sender.js" */
/** @import { Store } from "../store.js" */

// How long not to ask again unbidden; the service decides anew after that.
const ANSWERED_DAYS = 30
const NOT_NOW_DAYS = 1

/**
 * @typedef {object} Parts
 * @property {Settings} settings
 * @property {Store} store
 * @property {Settled} settled
 * @property {Events} events
 * @property {Sender} sender
 */

/**
 * Get a token and show one survey.
 *
 * @param {Parts} parts
 * @param {Config} config
 * @param {Survey} survey
 * @param {Person} person
 * @param {() => void} closed
 * @returns {Promise<{close(): void} | null>} null when the service says this person is not asked now
 */
export async function ask(
  { settings, store, settled, events, sender },
  config,
  survey,
  person,
  closed,
) {
  const { identity, touchpoint, traits } = person
  const facts = Object.entries(traits).map(([name, value]) => [name, String(value)])
  // Without query and fragment: those may hold secrets of the page.
  const context = { page_url: location.origin + location.pathname, locale: config.locale }
  const token = await issueToken(settings.host, {
    key: settings.key,
    survey: survey.key,
    visitor: visitorId(store),
    context: {
      ...context,
      ...(touchpoint && { touchpoint }),
      ...(facts.length && { traits: Object.fromEntries(facts) }),
    },
    ...(identity && { identity }),
  })
  if (token === "not-now") settled.add(survey.key, NOT_NOW_DAYS)
  if (!token || token === "not-now") return null
  return openPanel({
    config,
    survey,
    token,
    context,
    sender,
    emit: events.emit,
    settled: () => settled.add(survey.key, ANSWERED_DAYS),
    closed,
  })
}
