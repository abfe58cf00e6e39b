import { createStore } from "../src/store.js"

/** A store over a localStorage that lives as long as the test. */
export function memoryStore() {
  const kept = new Map()
  return createStore(() => ({
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => void kept.set(name, text),
  }))
}
