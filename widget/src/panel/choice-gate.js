/**
 * Tell a confirmed choice from one the arrow keys merely passed over.
 *
 * Native radios select on every arrow key, and browsers report that as a click. A score may alert
 * somebody, so it must be meant: a pointer, a screen reader's own click, Space, Enter or the Send
 * button confirms. Leaving the group does not: people also leave it to close the card.
 *
 * Only arrows announce themselves by a key, so every click that no arrow key caused is confirmed.
 *
 * @param {HTMLElement} row of radios
 * @param {() => void} preview an arrow key selected one; nothing is meant yet
 * @param {(event: Event) => void} confirm its target is meant
 */
export function watchChoices(row, preview, confirm) {
  let isArrowing = false
  row.addEventListener("keydown", (event) => {
    isArrowing = event.key.startsWith("Arrow")
    // Space too: on a point the arrows have already selected it causes no click.
    if (event.key === "Enter" || event.key === " ") confirm(event)
  })
  // A key went up or a pointer came down: the next click is nobody's arrow.
  for (const type of ["keyup", "pointerdown"])
    row.addEventListener(type, () => (isArrowing = false))
  row.addEventListener("click", (event) => isArrowing || confirm(event))
  row.addEventListener("change", () => isArrowing && preview())
}
