// A menu closes by Escape and by a press elsewhere, as people expect.

export function closeMenus(root) {
  const open = () => root.querySelectorAll("details.menu[open]")
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    for (const menu of open()) {
      menu.open = false
      menu.querySelector("summary").focus()
    }
  })
  root.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false
  })
}

// On a phone the places stand in a row wider than the screen: the one at hand is in view.
export function showPlace(root) {
  const nav = root.querySelector(".frame nav")
  const place = nav?.querySelector("[aria-current]")
  if (place) nav.scrollLeft = place.offsetLeft - (nav.clientWidth - place.offsetWidth) / 2
}
