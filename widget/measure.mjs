// Print what files weigh, as JSON: `node measure.mjs [--minify] FILE…`, all of them together.
// By gzip 9 and brotli 11, except files that lie there packed: those count as they are served.

import { existsSync, readFileSync, statSync } from "node:fs"
import { gzipSync } from "node:zlib"
import * as esbuild from "esbuild"
import { brotli } from "./pack.mjs"

const [first, ...rest] = process.argv.slice(2)
const isRaw = first === "--minify"
const total = { raw: 0, gzip: 0, brotli: 0 }
for (const path of isRaw ? rest : [first, ...rest]) {
  let bytes = readFileSync(path)
  if (isRaw) {
    const options = { minify: true, loader: "js", format: "esm" }
    bytes = Buffer.from((await esbuild.transform(bytes.toString(), options)).code)
  }
  const isPacked = existsSync(`${path}.gz`)
  total.raw += bytes.length
  total.gzip += isPacked ? statSync(`${path}.gz`).size : gzipSync(bytes, { level: 9 }).length
  total.brotli += isPacked ? statSync(`${path}.br`).size : brotli(bytes).length
}
console.log(JSON.stringify(total))
