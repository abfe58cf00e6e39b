/**
 * Make one element. Text goes in as text, never as markup.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | undefined>} attributes
 * @param {(Node | string)[]} children
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag)
  for (const name in attributes) {
    const value = attributes[name]
    if (value !== undefined) made.setAttribute(name, `${value}`)
  }
  made.append(...children)
  return made
}
