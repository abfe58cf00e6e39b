/** @typedef {ReturnType<typeof createStore>} Store */

const PREFIX = "feedback:"

/**
 * JSON values in localStorage, all under "feedback:".
 *
 * Storage may be missing, full or forbidden (a sandboxed frame, private mode). Everything kept
 * here is a hint or a spare copy, so the widget then remembers for this page only.
 *
 * @param {() => Storage} open reading `window.localStorage` itself may throw
 */
export function createStore(open) {
  /** @type {any} */
  let box = {}
  try {
    const kept = open()
    kept.setItem(PREFIX, "1")
    box = kept
  } catch {
    // The object above serves as well, as long as the page lives.
  }
  return {
    /**
     * @param {string} name
     * @returns {any} undefined when never written, or when somebody else broke the entry
     */
    read(name) {
      try {
        return JSON.parse(box[PREFIX + name])
      } catch {
        return undefined
      }
    },
    /**
     * @param {string} name
     * @param {unknown} [value] undefined forgets
     */
    write(name, value) {
      try {
        if (value === undefined) delete box[PREFIX + name]
        else box[PREFIX + name] = JSON.stringify(value)
      } catch {
        // Full: what is not kept is at worst asked again.
      }
    },
    /** @returns {string[]} of all entries, prefix and other people's included */
    keys: () => Object.keys(box),
  }
}
