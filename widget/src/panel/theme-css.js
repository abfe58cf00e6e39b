import { contrast } from "./contrast.js"
import { palette } from "./palette.js"
import { rgb } from "./rgb.js"

/** @import { Theme } from "../wire" */

/**
 * Write a survey's theme as a stylesheet. Only checked colours and one checked length enter it.
 *
 * A background of the site's own holds by day and by night: its text must fit it, not the clock.
 *
 * @param {Theme} theme
 */
export function themeCss(theme) {
  const own = rgb(theme.background)
  if (own) return rule(theme, contrast(own, [255, 255, 255]) > 4.5 ? "dark" : "light")
  if (theme.scheme === "dark") return rule(theme, "dark")
  const light = rule(theme, "light")
  if (theme.scheme === "light") return light
  return `${light}@media (prefers-color-scheme:dark){${rule(theme, "dark")}}`
}

/**
 * @param {Theme} theme
 * @param {"light" | "dark"} scheme
 */
function rule(theme, scheme) {
  const radius = /^\d{1,2}px$/.test(theme.radius ?? "") ? theme.radius : "10px"
  const colours = Object.entries(palette(theme, scheme)).map(
    ([name, value]) => `--${name}:${value}`,
  )
  return `.card{${colours.join(";")};--radius:${radius};color-scheme:${scheme}}`
}
