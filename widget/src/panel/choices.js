import { element } from "./element.js"

/** @typedef {{value: string | number, text?: string, label?: string, icon?: string}} Choice */

const SVG = "http://www.w3.org/2000/svg"

/**
 * Draw a row or list of native radios or checkboxes, so every browser and reader knows them.
 *
 * @param {string} name
 * @param {string} kind class names
 * @param {Choice[]} choices label: what readers hear, when it is not what is seen; icon: a line to
 *   draw in a field of 24 by 24
 * @param {string} [type]
 */
export function createChoices(name, kind, choices, type = "radio") {
  const row = element("div", { class: `points ${kind}` })
  for (const { value, label, icon, text } of choices) {
    const input = element("input", { type, name, value, "aria-label": label })
    const look = element("span", {}, icon ? "" : (text ?? `${value}`))
    if (icon) {
      const svg = look.appendChild(document.createElementNS(SVG, "svg"))
      svg.setAttribute("viewBox", "0 0 24 24")
      svg.appendChild(document.createElementNS(SVG, "path")).setAttribute("d", icon)
    }
    row.append(element("label", { class: "point" }, input, look))
  }
  return {
    row,
    /** @returns {string[]} the values chosen */
    chosen: () =>
      Array.from(row.querySelectorAll(":checked"), (one) => /** @type {any} */ (one).value),
  }
}
