/** @typedef {[number, number, number]} Rgb each 0..255 */

/**
 * @param {unknown} hex "#rgb", "#rgba", "#rrggbb" or "#rrggbbaa"; transparency is dropped, since
 *   contrast against an unknown page cannot be promised
 * @returns {Rgb | null} null for anything else, so no foreign text reaches a stylesheet
 */
export function rgb(hex) {
  if (typeof hex !== "string" || !/^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(hex)) {
    return null
  }
  const digits = hex.length < 6 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex
  const value = Number.parseInt(digits.slice(1, 7), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}
