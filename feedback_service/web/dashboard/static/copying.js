// A button beside whatever is there to be copied.

export function offerCopies(root) {
  if (!navigator.clipboard) return // on plain http there is none: the text can be selected
  for (const source of root.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "small"
    button.textContent = "Copy"
    button.setAttribute("aria-label", `Copy ${source.dataset.copy}`)
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.value ?? source.textContent)
      button.textContent = "Copied"
      setTimeout(() => (button.textContent = "Copy"), 2000)
    })
    source.after(button)
  }
}
