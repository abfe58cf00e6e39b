import { createStore } from "../src/loader/store.js"

/** What a localStorage is to the store: properties, and a setItem that may be forbidden. */
export function memoryStorage() {
  return Object.create({
    setItem(name, text) {
      this[name] = text
    },
  })
}

/** A store over a localStorage that lives as long as the test. */
export const memoryStore = (kept = memoryStorage()) => createStore(() => kept)
