/** Filled in by build.mjs. */
declare const VERSION: string

declare module "*.css" {
  const css: string
  export default css
}
