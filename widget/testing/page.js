/** The little of a browser that the loader's modules touch. */

/** @param {string} [href] */
export function openPage(href = "https://shop.example/") {
  const page = new EventTarget()
  Object.assign(page, { hidden: false, body: {}, querySelector: () => null })
  page.documentElement = { scrollTop: 0, clientHeight: 500, scrollHeight: 2000 }
  Object.assign(globalThis, {
    VERSION: "1.0.0",
    document: page,
    location: new URL(href),
    requestAnimationFrame: (fn) => fn(),
  })
  return page
}
