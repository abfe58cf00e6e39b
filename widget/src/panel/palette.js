import { contrast } from "./contrast.js"
import { rgb } from "./rgb.js"

/** @import { Theme } from "../wire" */
/** @import { Rgb } from "./rgb.js" */

/** @type {Rgb} */
const BLACK = [0, 0, 0]
/** @type {Rgb} */
const WHITE = [255, 255, 255]

// WCAG 2.2: 4.5 for text (1.4.3), 3 for the parts of a control (1.4.11).
const TEXT = 4.5
const PART = 3

const DEFAULTS = {
  light: { background: "#ffffff", text: "#171b26", accent: "#2457d6" },
  dark: { background: "#1b1f2a", text: "#eef1f7", accent: "#8fb2ff" },
}

/**
 * Turn a theme into colours that can be read, whatever was asked for.
 *
 * @param {Theme} theme
 * @param {"light" | "dark"} scheme
 * @returns {Record<string, string>} CSS custom property without dashes -> value
 */
export function palette(theme, scheme) {
  const wanted = { ...DEFAULTS[scheme] }
  const background = rgb(theme.background) ?? colour(wanted.background)
  const text = firstReadable([rgb(theme.text), colour(wanted.text), WHITE, BLACK], background, TEXT)
  const accent = strengthen(rgb(theme.accent) ?? colour(wanted.accent), text, background, PART)
  return {
    bg: css(background),
    text: css(text),
    muted: css(strengthen(mix(background, text, 0.6), text, background, TEXT)),
    line: css(mix(background, text, 0.16)),
    cell: css(tint(background, text, 0.045, text)),
    hover: css(tint(background, accent, 0.14, text)),
    edge: css(strengthen(mix(background, text, 0.4), text, background, PART)),
    accent: css(accent),
    ink: css(firstReadable([WHITE, BLACK], accent, TEXT)),
  }
}

/** @param {string} hex one of ours */
function colour(hex) {
  return /** @type {Rgb} */ (rgb(hex))
}

/**
 * @param {(Rgb | null)[]} colours the last is black or white: one of the two always passes
 * @param {Rgb} background
 * @param {number} ratio
 */
function firstReadable(colours, background, ratio) {
  const found = colours.find((one) => one && contrast(one, background) >= ratio)
  return found ?? BLACK
}

/**
 * Pull a colour towards the text's until it stands out enough from the background.
 *
 * @param {Rgb} start
 * @param {Rgb} text
 * @param {Rgb} background
 * @param {number} ratio
 */
function strengthen(start, text, background, ratio) {
  let found = start
  for (let share = 0.1; contrast(found, background) < ratio && share < 1; share += 0.1) {
    found = mix(start, text, share)
  }
  return found
}

/**
 * Colour a background a little, unless its text could no longer be read on it.
 *
 * @param {Rgb} background
 * @param {Rgb} towards
 * @param {number} share
 * @param {Rgb} text
 */
function tint(background, towards, share, text) {
  const tinted = mix(background, towards, share)
  return contrast(tinted, text) < TEXT ? background : tinted
}

/**
 * @param {Rgb} from
 * @param {Rgb} to
 * @param {number} share of `to`, 0..1
 * @returns {Rgb}
 */
function mix(from, to, share) {
  const part = (/** @type {0 | 1 | 2} */ i) => Math.round(from[i] + (to[i] - from[i]) * share)
  return [part(0), part(1), part(2)]
}

/** @param {Rgb} colour */
function css(colour) {
  return `rgb(${colour})`
}
