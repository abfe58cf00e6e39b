import { quiet } from "./quiet.js"

/**
 * @typedef {"shown" | "scored" | "completed" | "dismissed"} EventName
 * @typedef {{survey: string, score?: number, band?: string}} Detail
 */

/**
 * Tell the host page what happened.
 *
 * @param {EventName | "track"} name
 * @param {unknown} detail
 */
export function emit(name, detail) {
  document.dispatchEvent(new CustomEvent(`feedback:${name}`, { detail }))
}

/**
 * @param {string} name
 * @param {(detail: any) => void} fn
 * @returns {() => void} stops listening
 */
export function on(name, fn) {
  const heard = quiet((/** @type {any} */ event) => fn({ ...event.detail }))
  document.addEventListener(`feedback:${name}`, heard)
  return () => document.removeEventListener(`feedback:${name}`, heard)
}
