/** @typedef {ReturnType<typeof createStore>} Store */

/**
 * JSON values in localStorage, all under "feedback:".
 *
 * Storage may be missing, full or forbidden (a sandboxed frame, private mode). Everything kept
 * here is a hint or a spare copy, so the widget then remembers for this page only.
 *
 * @param {() => Storage} open called each time: reading `window.localStorage` itself may throw
 */
export function createStore(open) {
  /** @type {Map<string, unknown>} */
  const memory = new Map()
  return {
    /**
     * @param {string} name
     * @returns {unknown} undefined when never written, or when somebody else broke the entry
     */
    read(name) {
      if (memory.has(name)) return memory.get(name)
      try {
        return JSON.parse(open().getItem(`feedback:${name}`) ?? "") ?? undefined
      } catch {
        return undefined
      }
    },
    /**
     * @param {string} name
     * @param {unknown} value
     */
    write(name, value) {
      try {
        open().setItem(`feedback:${name}`, JSON.stringify(value))
        memory.delete(name)
      } catch {
        memory.set(name, value)
      }
    },
  }
}
