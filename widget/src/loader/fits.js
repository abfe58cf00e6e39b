/** @import { Rule, Traits } from "../wire" */

/**
 * Say whether a survey may be asked here, of this visitor. When is another question: see arm.js.
 *
 * @param {Rule} rule
 * @param {{id: string, visit: number}} visitor
 * @param {Traits} known traits of this person
 * @param {string} href of the page
 */
export function fits(
  { key, where = "", visits = [1, Infinity], traits = {}, sample = Infinity },
  { id, visit },
  known,
  href,
) {
  return (
    RegExp(where).test(href) &&
    visit >= visits[0] &&
    visit <= visits[1] &&
    Object.keys(traits).every((name) => traits[name]?.includes(String(known[name]))) &&
    share(key + id) < sample
  )
}

/**
 * @param {string} text
 * @returns {number} 0 to 2^32, evenly spread and always the same for one text: FNV-1a
 */
function share(text) {
  let hash = 2166136261
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619)
  return hash >>> 0
}
