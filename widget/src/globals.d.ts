/** Filled in by build.mjs. */
declare const VERSION: string

declare module "*.css" {
  const css: string
  // biome-ignore lint/style/noDefaultExport: what esbuild makes of a text file
  export default css
}
