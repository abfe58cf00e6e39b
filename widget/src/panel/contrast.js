/** @import { Rgb } from "./rgb.js" */

/**
 * Contrast ratio of two colours, 1..21. Source: WCAG 2.2, "contrast ratio".
 *
 * @param {Rgb} one
 * @param {Rgb} other
 */
export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (Number(light) + 0.05) / (Number(dark) + 0.05)
}

/** @param {Rgb} colour */
function luminance(colour) {
  const [r, g, b] = /** @type {Rgb} */ (
    colour.map((part) => {
      const share = part / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
