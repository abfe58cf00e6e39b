import { dueSurvey } from "./due.js"

/** @import { Config, Survey, Traits } from "../wire" */
/** @import { Events } from "./events.js" */
/** @import { Settled } from "./settled.js" */
/** @import { Settings } from "./script.js" */

/**
 * @typedef {object} Person what the page told us about who is asked
 * @property {string | undefined} identity
 * @property {string | undefined} touchpoint
 * @property {Traits} traits
 *
 * @typedef {{close(): void}} Panel
 *
 * @typedef {object} Doors everything outside that a session needs
 * @property {() => Promise<Config>} load
 * @property {(config: Config, survey: Survey, person: Person, closed: () => void) => Promise<Panel | null>} ask
 *   null when the person must not be asked
 * @property {Settled} settled
 * @property {Events} events
 * @property {(seconds: number) => Promise<void>} pause resolves in view, at least `seconds` later
 */

/**
 * Decide when to ask; never two surveys at once, and at most one unbidden per page view.
 *
 * @param {Settings} settings
 * @param {Doors} doors
 */
export function createSession(settings, { load, ask, settled, events, pause }) {
  /** @type {Person} */
  const person = { identity: settings.identity, touchpoint: settings.touchpoint, traits: {} }
  /** @type {Promise<Config> | undefined} */
  let config
  /** @type {Panel | null} */
  let panel = null
  let busy = false
  let hasAsked = false

  function known() {
    config ??= load().catch((error) => {
      config = undefined // so that a later call tries again
      throw error
    })
    return config
  }

  /**
   * @param {Survey} survey
   * @param {Person} who
   * @returns {Promise<boolean>} whether it is on the page now
   */
  async function open(survey, who) {
    if (busy) return false
    busy = hasAsked = true
    try {
      panel = await ask(await known(), survey, who, () => {
        panel = null
        busy = false
      })
      if (panel) events.emit("shown", { survey: survey.key })
      return panel !== null
    } finally {
      busy = panel !== null
    }
  }

  /** @param {Survey | undefined} survey */
  async function openInTime(survey) {
    if (!survey) return
    await pause(survey.display.after_s ?? 0)
    if (!hasAsked && !settled.has(survey.key)) await open(survey, person)
  }

  return {
    async start() {
      await openInTime(dueSurvey(await known(), settings.survey, settled.has))
    },
    calls: {
      /**
       * @param {string} [key]
       * @param {{touchpoint?: string, traits?: Traits}} [options]
       */
      async show(key, options = {}) {
        const wanted = key ?? settings.survey
        const { surveys } = await known()
        const survey = wanted ? surveys.find((one) => one.key === wanted) : surveys[0]
        if (!survey) throw new Error(`no survey ${wanted} may be asked here`)
        const traits = { ...person.traits, ...options.traits }
        const touchpoint = options.touchpoint ?? person.touchpoint
        return open(survey, { ...person, touchpoint, traits })
      },
      /** @param {string} jwt */
      identify(jwt) {
        person.identity = jwt
      },
      /** @param {Traits} traits */
      traits(traits) {
        Object.assign(person.traits, traits)
      },
      /** @param {string} event */
      async track(event) {
        const { surveys } = await known()
        const waiting = surveys.find(
          ({ key, display }) =>
            display.trigger === "event" && display.event === event && !settled.has(key),
        )
        await openInTime(waiting)
      },
      close() {
        panel?.close()
      },
      on: events.on,
    },
  }
}
