import { emit, on } from "./events.js"
import { installGlobal } from "./global.js"
import { quiet } from "./quiet.js"
import { createSession } from "./session.js"
import { createStore } from "./store.js"
import { currentVisitor } from "./visitor.js"

/** @import { Panels } from "../panel/index.js" */

const LOOK_MS = 500

// Known only while the script runs its first line; null for type="module".
const script = /** @type {HTMLScriptElement} */ (
  document.currentScript ?? document.querySelector("script[data-key]")
)

quiet(() => {
  // The same tag twice is one too many.
  if (Object(window.Feedback).version) return
  const { key, locale } = script.dataset
  // The pinned address is HOST/w/1.4.2/widget.js, the floating one HOST/widget.js.
  const host = new URL(".", script.src).href.replace(/w\/\d[^/]*\/$/, "")
  const store = createStore(() => localStorage)
  const visitor = currentVisitor(store, Date.now())

  /**
   * @param {string} path
   * @returns {Promise<any>} rejects when the service refuses or cannot be reached
   */
  const get = async (path) => {
    const reply = await fetch(`${host}v1/widget${path}key=${key}`, { credentials: "omit" })
    if (!reply.ok) throw reply.status
    return reply.json()
  }

  /**
   * By import(): what allowed this script, nonce or host, allows that one, and Trusted Types have
   * nothing against it.
   *
   * @returns {Promise<Panels>} rejects when it cannot be loaded
   */
  const panel = async () => {
    const { panels } = await import(`${host}w/${VERSION}/panel.js`)
    return panels({ host, key, locale, store, visitor: visitor.id, emit, get })
  }
  // Answers that found no service go out as soon as there is one; the panel knows how.
  const resend = quiet(async () => {
    if (/feedback:queue:/.test(`${store.keys()}`)) (await panel()).resume()
  })

  const { start, calls } = createSession(script.dataset, {
    load: () => get("/rules?"),
    ask: async (...wish) => (await panel()).ask(...wish),
    store,
    visitor,
  })
  installGlobal(window, { ...calls, on })
  const look = quiet(start)
  let { href } = location
  const move = () => {
    if (href !== (href = location.href)) look()
  }
  // Pages that change their address without loading; the fallback disturbs no host code either.
  if (window.navigation) navigation.addEventListener("currententrychange", move)
  else setInterval(move, LOOK_MS)
  addEventListener("online", resend)
  resend()
  look()
})()
