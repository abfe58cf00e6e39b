import { quiet } from "./quiet.js"

/** @typedef {Record<string, (...args: any[]) => unknown>} Calls arguments come from the host page */

/**
 * Put `Feedback` on the window and run the calls that came before it existed.
 *
 * A page may set `window.Feedback = {q: [["show", "nps"]]}` before the script arrives, or push
 * such entries later; both end in the same calls.
 *
 * @param {Record<string, any>} scope the window
 * @param {Calls} calls
 */
export function installGlobal(scope, calls) {
  const waiting = scope.Feedback?.q ?? []
  /** @type {Record<string, any>} */
  const api = { version: VERSION }
  for (const name in calls) api[name] = quiet(/** @type {Calls[string]} */ (calls[name]))
  const run = quiet(([name, ...args]) => api[name](...args))
  api.q = { push: (/** @type {any[]} */ ...entries) => entries.forEach((entry) => run(entry)) }
  scope.Feedback = api
  api.q.push(...waiting)
}
