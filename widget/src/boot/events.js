import { quiet } from "../quiet.js"

/**
 * @typedef {"shown" | "scored" | "completed" | "dismissed"} EventName
 * @typedef {{survey: string, score?: number, band?: string}} Detail
 * @typedef {ReturnType<typeof createEvents>} Events
 */

/**
 * Tell the host page what happened, as DOM events "feedback:NAME" and to listeners of Feedback.on.
 *
 * @param {EventTarget} target
 */
export function createEvents(target) {
  /** @type {Set<{name: string, fn: (detail: Detail) => void}>} */
  const listeners = new Set()
  return {
    /**
     * @param {EventName} name
     * @param {Detail} detail
     */
    emit(name, detail) {
      target.dispatchEvent(new CustomEvent(`feedback:${name}`, { detail }))
      for (const listener of [...listeners]) {
        if (listener.name === name) quiet(listener.fn)({ ...detail })
      }
    },
    /**
     * @param {string} name
     * @param {(detail: Detail) => void} fn
     * @returns {() => void} stops listening
     */
    on(name, fn) {
      const listener = { name, fn }
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
