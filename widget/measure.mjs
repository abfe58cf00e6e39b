// Print what files weigh, as JSON: `node measure.mjs [--minify] FILE…`, all of them together.

import { readFileSync } from "node:fs"
import * as esbuild from "esbuild"
import { pack } from "./pack.mjs"

const [first, ...rest] = process.argv.slice(2)
const isRaw = first === "--minify"
const total = { raw: 0, gzip: 0, brotli: 0 }
for (const path of isRaw ? rest : [first, ...rest]) {
  let bytes = readFileSync(path)
  if (isRaw) {
    const options = { minify: true, loader: "js", format: "esm" }
    bytes = Buffer.from((await esbuild.transform(bytes.toString(), options)).code)
  }
  const { gz, br } = pack(bytes)
  total.raw += bytes.length
  total.gzip += gz.length
  total.brotli += br.length
}
console.log(JSON.stringify(total))
