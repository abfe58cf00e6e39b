import { quiet } from "../quiet.js"

/** @typedef {Record<string, (...args: any[]) => unknown>} Calls arguments come from the host page */

/**
 * Put `Feedback` on the window and run the calls that came before it existed.
 *
 * A page may set `window.Feedback = {q: [["show", "nps"]]}` before the script arrives, or push
 * such entries later; both end in the same calls.
 *
 * @param {Record<string, any>} scope the window
 * @param {Calls} calls
 * @param {string} version
 */
export function installGlobal(scope, calls, version) {
  /** @param {unknown} entry */
  const run = quiet((entry) => {
    const [name, ...args] = Array.from(/** @type {ArrayLike<any>} */ (entry))
    const call = Object.hasOwn(calls, name) && calls[name]
    if (!call) throw new Error(`no call ${name}`)
    return call(...args)
  })
  const waiting = Array.from(scope.Feedback?.q ?? [])
  const api = Object.fromEntries(Object.entries(calls).map(([name, fn]) => [name, quiet(fn)]))
  const q = { push: (/** @type {unknown[]} */ ...entries) => entries.forEach(run) }
  scope.Feedback = { ...api, q, version }
  waiting.forEach(run)
}
