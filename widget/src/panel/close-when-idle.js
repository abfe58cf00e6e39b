/**
 * Close a card some time after nobody touches it: never under a pointer or with the focus inside.
 *
 * @param {HTMLElement} card
 * @param {number} ms
 * @param {() => void} close
 */
export function closeWhenIdle(card, ms, close) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const restart = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (card.matches(":hover, :focus-within")) restart()
      else close()
    }, ms)
  }
  for (const type of ["pointerleave", "focusout"]) card.addEventListener(type, restart)
  restart()
}
