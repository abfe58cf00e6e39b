import { createOutbox } from "../sending/outbox.js"
import { createSender } from "../sending/sender.js"
import { createAsk } from "./ask.js"

/** @import { EventName } from "../loader/events.js" */
/** @import { Store } from "../loader/store.js" */

/**
 * @typedef {object} Parts what the loader lends
 * @property {string} host where the service lives, ends in a slash
 * @property {string} key publishable site key
 * @property {string | undefined} locale data-locale
 * @property {Store} store
 * @property {string} visitor random id
 * @property {(name: EventName, detail: unknown) => void} emit
 * @property {(path: string) => Promise<any>} get of /v1/widget; rejects when refused
 *
 * @typedef {ReturnType<typeof made>} Panels
 */

/** @param {Parts} parts */
function made(parts) {
  const sender = createSender(parts.host, createOutbox(parts.store))
  return { ask: createAsk(parts, sender), resume: sender.resume }
}

/** @type {Panels | undefined} */
let only

/**
 * Return the panels of this page: one lane for all that is sent.
 *
 * @param {Parts} parts
 */
export const panels = (parts) => (only ??= made(parts))
