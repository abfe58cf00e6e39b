import { arm } from "./arm.js"
import { emit } from "./events.js"
import { fits } from "./fits.js"
import { inView } from "./in-view.js"

/** @import { Rule, Traits } from "../wire" */
/** @import { Store } from "./store.js" */

/**
 * @typedef {object} Person what the page told us about who is asked
 * @property {string | undefined} identity customer-minted JWT
 * @property {string | undefined} touchpoint
 * @property {Traits} traits
 *
 * @typedef {{close(): void}} Panel
 *
 * @typedef {object} Doors everything outside that a session needs
 * @property {() => Promise<{surveys: Rule[]}>} load
 * @property {(survey: string, person: Person, closed: () => void) => Promise<Panel | undefined>} ask
 *   undefined when this person must not be asked
 * @property {Store} store
 * @property {{id: string, visit: number}} visitor
 */

/**
 * Decide when to ask; never two surveys at once, and at most one unbidden in half an hour.
 *
 * @param {Record<string, string | undefined>} tag what the script tag says: survey, identity …
 * @param {Doors} doors
 */
export function createSession({ survey: named, identity, touchpoint }, doors) {
  const { store, visitor } = doors
  /** @type {Person} */
  const person = { identity, touchpoint, traits: {} }
  /** @type {Rule[] | undefined} */
  let rules
  /** @type {Panel | undefined} */
  let panel
  let busy = false
  let armed = new AbortController()
  /** @type {Promise<unknown> | undefined} */
  let looking

  // Kept once it is there: what failed is tried again by a later call.
  const known = async () => (rules ??= (await doors.load()).surveys)

  /**
   * @param {string} key
   * @param {Person} who
   * @returns {Promise<boolean>} whether it is on the page now
   */
  async function open(key, who) {
    if (busy) return false
    busy = true
    armed.abort()
    try {
      panel = await doors.ask(key, who, closed)
      if (panel) emit("shown", { survey: key })
      return !!panel
    } finally {
      busy = !!panel
    }
  }

  function closed() {
    panel = undefined
    busy = false
  }

  /** @param {string} name @returns {boolean} whether a time kept under it is still to come */
  const isAhead = (name) => store.read(name)?.until > Date.now()

  /** @param {AbortSignal} signal */
  async function look(signal) {
    if (isAhead("rest")) return
    await inView()
    for (const rule of await known()) {
      const { key, element, trigger } = rule
      const isHere = () =>
        !signal.aborted &&
        fits(rule, visitor, person.traits, location.href) &&
        (!element || document.querySelector(element))
      if (named ? named === key : trigger) {
        arm(rule, signal, async () => {
          await inView()
          if (isHere() && !isAhead("rest") && !isAhead(`seen:${key}`)) await open(key, person)
        })
      }
    }
  }

  /** Look at the page anew: what may be asked here, and when. */
  function start() {
    armed.abort()
    armed = new AbortController()
    return (looking = look(armed.signal))
  }

  return {
    start,
    calls: {
      /**
       * @param {string} [key]
       * @param {Partial<Person>} [options]
       */
      async show(key = named, options) {
        const rule = (await known()).find((one) => !key || one.key === key)
        const traits = { ...person.traits, ...options?.traits }
        return open(/** @type {Rule} */ (rule).key, { ...person, ...options, traits })
      },
      /** @param {string} jwt */
      identify(jwt) {
        person.identity = jwt
      },
      /** @param {Traits} traits */
      traits(traits) {
        Object.assign(person.traits, traits)
        return start()
      },
      /** @param {string} event */
      async track(event) {
        await looking
        emit("track", event)
      },
      close: () => panel?.close(),
    },
  }
}
