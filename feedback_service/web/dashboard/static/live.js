// A new answer appears without a reload: calmly, and never under somebody's hands.

const EVERY_MS = 12_000
const AFTER_TROUBLE_MS = 60_000

/**
 * Ask again for what a region shows, and put in the parts that changed.
 *
 * @param {HTMLElement} region data-live is where to ask; its [data-part] children are exchanged
 */
export function keepCurrent(region) {
  let etag = ""
  let timer = 0
  let busy = false

  const wait = (ms) => {
    clearTimeout(timer)
    timer = setTimeout(look, ms)
  }

  async function look() {
    if (document.hidden || busy) return
    busy = true
    try {
      const reply = await fetch(region.dataset.live, {
        headers: etag ? { "If-None-Match": etag } : {},
        cache: "no-store",
        redirect: "error",
      })
      if (reply.status === 401) return // logged out: the next click asks for a login
      if (reply.ok) {
        const html = await reply.text()
        // Somebody is reading a table or typing: what is new waits for the next look.
        if (exchange(region, html)) etag = reply.headers.get("ETag") ?? ""
      }
      wait(reply.ok || reply.status === 304 ? EVERY_MS : AFTER_TROUBLE_MS)
    } catch {
      wait(AFTER_TROUBLE_MS)
    } finally {
      busy = false
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look()
  })
  wait(EVERY_MS)
}

/**
 * @param {HTMLElement} region
 * @param {string} html
 * @returns {boolean} false when a part is in use and was left as it was
 */
function exchange(region, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html")
  let all = true
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = region.querySelector(`[data-part="${part.dataset.part}"]`)
    if (!old) {
      location.reload() // the first answer: the page has another shape now
      return true
    }
    if (old.innerHTML === part.innerHTML) continue
    if (old.contains(document.activeElement) || old.querySelector("details[open]")) {
      all = false
      continue
    }
    tell(old, part)
    old.replaceWith(document.adoptNode(part))
  }
  return all
}

function tell(old, part) {
  if (!part.querySelector("[data-items]")) return
  const known = new Set([...old.querySelectorAll("[data-key]")].map((one) => one.dataset.key))
  const arrived = [...part.querySelectorAll("[data-key]")].filter((one) => !known.has(one.dataset.key))
  for (const one of arrived) one.classList.add("fresh")
  const news = document.querySelector("[data-live-news]")
  if (news && arrived.length) {
    news.textContent = arrived.length === 1 ? "1 new answer" : `${arrived.length} new answers`
  }
}
