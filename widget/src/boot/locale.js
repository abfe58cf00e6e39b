/**
 * Choose the language to ask in: what the embedder set, else the page's, else the browser's.
 *
 * @param {string | undefined} wanted data-locale
 * @param {string} page the lang attribute of <html>, "" when absent
 * @param {string} browser navigator.language
 */
export function chosenLocale(wanted, page, browser) {
  return wanted || page || browser
}
