import { loadConfig } from "./boot/config.js"
import { createEvents } from "./boot/events.js"
import { installGlobal } from "./boot/global.js"
import { chosenLocale } from "./boot/locale.js"
import { onView } from "./boot/on-view.js"
import { scriptSettings } from "./boot/script.js"
import { createSession } from "./boot/session.js"
import { createSettled } from "./boot/settled.js"
import { ask } from "./panel/ask.js"
import { quiet } from "./quiet.js"
import { createOutbox } from "./sending/outbox.js"
import { createSender } from "./sending/sender.js"
import { createStore } from "./store.js"

// Known only while the script runs its first line; null for type="module".
const script =
  document.currentScript ?? document.querySelector("script[data-key][src*='widget.js']")

quiet(() => {
  const settings = scriptSettings(/** @type {HTMLScriptElement | null} */ (script))
  if (!settings) throw new Error("the script tag needs src and data-key")
  // The same tag twice, or browsers without stylesheet objects (before 2023): leave the page alone.
  if ("Feedback" in window && Object(window.Feedback).version) return
  if (!("adoptedStyleSheets" in document)) return

  const store = createStore(() => localStorage)
  const now = () => Date.now() // looked up each time: a page under test may swap its clock
  const settled = createSettled(store, now)
  const events = createEvents(document)
  const sender = createSender(settings.host, createOutbox(store, now))
  const parts = { settings, store, settled, events, sender }
  const { start, calls } = createSession(settings, {
    load: () =>
      loadConfig(
        settings.host,
        settings.key,
        chosenLocale(settings.locale, document.documentElement.lang, navigator.language),
      ),
    ask: (...survey) => ask(parts, ...survey),
    settled,
    events,
    pause: async (seconds) => {
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
      await onView(document)
    },
  })
  installGlobal(window, calls, VERSION)
  void sender.resume()
  addEventListener("online", () => void sender.resume())
  quiet(start)()
})()
