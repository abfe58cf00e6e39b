/**
 * @typedef {object} Settings
 * @property {string} host where the service lives, path prefix included, no slash at the end
 * @property {string} key publishable site key
 * @property {string | undefined} survey
 * @property {string | undefined} locale
 * @property {string | undefined} identity customer-minted JWT
 * @property {string | undefined} touchpoint
 */

/**
 * Read the settings off the widget's own script tag.
 *
 * @param {{src: string, dataset: Record<string, string | undefined>} | null | undefined} script
 * @returns {Settings | null} null without a site key or a usable address
 */
export function scriptSettings(script) {
  const key = script?.dataset.key
  // The pinned address is HOST/w/1.4.2/widget.js, the floating one HOST/widget.js.
  const host = script?.src.match(/^(https?:\/\/[^?#]*?)(\/w\/\d[^/]*)?\/[^/?#]*([?#]|$)/)?.[1]
  if (!script || !key || !host) return null
  const { survey, locale, identity, touchpoint } = script.dataset
  return { host, key, survey, locale, identity, touchpoint }
}
