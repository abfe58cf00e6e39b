import { quiet } from "./quiet.js"

/** @import { Rule } from "../wire" */

/** @type {Record<string, (event: any, value: any) => unknown>} DOM event -> whether it is meant */
const MOMENTS = {
  click: ({ target }, selector) => target.closest?.(selector),
  "feedback:track": ({ detail }, name) => detail === name,
  // Out at the top: towards the tabs or the address.
  mouseout: ({ relatedTarget, clientY }) => !relatedTarget && clientY <= 0,
  scroll: (_, percent) => {
    const { scrollTop, clientHeight, scrollHeight } = document.documentElement
    return scrollTop + clientHeight >= (scrollHeight * percent) / 100
  },
}

/**
 * Wait for the moment to ask: call `fire` each time it has come, `after_s` seconds later.
 *
 * @param {Rule} rule
 * @param {AbortSignal} signal ends the wait for moments, not a wait of seconds
 * @param {() => void} fire
 */
export function arm({ trigger, value, after_s }, signal, fire) {
  const isMeant = MOMENTS[trigger]
  const come = () => setTimeout(quiet(fire), after_s * 1000)
  if (!isMeant) come()
  else {
    const listener = (/** @type {Event} */ event) => isMeant(event, value) && come()
    document.addEventListener(trigger, quiet(listener), { signal, capture: true })
  }
}
