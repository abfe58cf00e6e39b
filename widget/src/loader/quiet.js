/**
 * Wrap a function so that nothing it does can throw into the host page.
 *
 * @template {unknown[]} A
 * @template R
 * @param {(...args: A) => R} fn
 * @returns {(...args: A) => R | undefined} a rejected promise becomes one of undefined
 */
export function quiet(fn) {
  return (...args) => {
    try {
      const result = fn(...args)
      return result instanceof Promise ? /** @type {R} */ (result.catch(report)) : result
    } catch (error) {
      report(error)
      return undefined
    }
  }
}

/** @param {unknown} error */
function report(error) {
  console.debug("feedback:", error)
}
