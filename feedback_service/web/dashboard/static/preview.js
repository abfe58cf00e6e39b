// The survey as visitors will see it, while it is being written.

const AFTER_TYPING_MS = 600

export function showPreview(root) {
  const form = root.querySelector("form[data-preview]")
  const frame = root.querySelector("iframe.preview")
  const fault = root.querySelector("[data-preview-fault]")
  if (!form || !frame || !fault) return
  let timer = 0
  const draw = async () => {
    const reply = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) })
    const text = await reply.text()
    fault.textContent = reply.ok ? "" : text
    if (reply.ok && frame.getAttribute("src") !== text) frame.setAttribute("src", text)
  }
  form.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(draw, AFTER_TYPING_MS)
  })
  draw()
}
