// Build the widget into the files the service serves; --check proves them fresh and small.

import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as esbuild from "esbuild"
import { minify } from "terser"
import { pack, unpack } from "./pack.mjs"

const here = dirname(fileURLToPath(import.meta.url))
const packageDir = join(here, "..", "feedback_service")
const staticDir = join(packageDir, "web", "widget", "static")
const docPath = join(here, "..", "docs", "embed.md")

// The promise in widget/README.md: what a page pays, as it travels by gzip. The rest of the 8 KiB
// is left to one survey's words, see tests/guards/test_widget_bundle.py.
const BUDGET_BYTES = { "widget.js": 2048, "panel.js": 5120 }

// The first browsers with all of: stylesheet objects, color-mix, :modal.
const TARGET = ["chrome111", "firefox113", "safari16.4"]

const isCheck = process.argv.includes("--check")

/** The package's version, from its one home. */
function version() {
  const source = readFileSync(join(packageDir, "__init__.py"), "utf8")
  const found = source.match(/^__version__ = "([^"]+)"$/m)
  if (!found) throw new Error("feedback_service/__init__.py holds no __version__")
  return found[1]
}

/** SHA-256 over every source: path, NUL, content, NUL, in the order of the paths. */
function digest() {
  const hash = createHash("sha256")
  const paths = readdirSync(join(here, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(here.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort()
  for (const path of paths) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(here, path)))
      .update("\0")
  }
  return hash.digest("hex")
}

/** @param {string} path of a style sheet */
async function minified(path) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path],
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    target: TARGET,
  })
  // The spaces esbuild leaves in custom properties mean nothing in ours.
  return outputFiles[0].text.trim().replaceAll(/(--[\w-]+:|,) /g, "$1")
}

/** Style sheets enter the bundle as text. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => ({
      contents: await minified(path),
      loader: "text",
    }))
  },
}

/** The style sheets only some surveys need, by class name: the service sends what a card wears. */
async function looks() {
  const folder = join(here, "src", "panel", "css", "looks")
  const found = {}
  for (const file of readdirSync(folder).sort()) {
    found[file.replace(".css", "")] = await minified(join(folder, file))
  }
  return Buffer.from(`${JSON.stringify(found, null, 1)}\n`)
}

/**
 * @param {string} entry
 * @param {"iife" | "esm"} format
 */
async function bundle(entry, format) {
  const result = await esbuild.build({
    entryPoints: [join(here, "src", entry)],
    absWorkingDir: here,
    bundle: true,
    write: false,
    format,
    charset: "utf8",
    target: TARGET,
    plugins: [cssAsText],
    define: { VERSION: JSON.stringify(version()) },
  })
  // Three per cent smaller than esbuild's own.
  const { code } = await minify(result.outputFiles[0].text, {
    ecma: 2022,
    module: true,
    // No getter of ours or of the page's elements does anything but tell.
    compress: { passes: 4, keep_fargs: false, pure_getters: true, unsafe_arrows: true },
    // Names of ours that neither the page, the service nor the other file ever sees.
    mangle: {
      properties: { regex: /^(hasKeyboardFocus|isModal|chosen|hurry|tell|settled|said)$/ },
    },
    format: { comments: false },
  })
  return Buffer.from(`/*! feedback-service ${version()} MIT ${digest().slice(0, 16)} */\n${code}\n`)
}

/** @param {string} message */
function complain(message) {
  console.error(message)
  process.exitCode = 1
}

/**
 * Write a built file and its packed forms; or hold them against the ones there are.
 *
 * Packed bytes differ between machines and versions of Node, so only what is in them is compared.
 *
 * @param {string} name
 * @param {Buffer} built
 */
async function deliver(name, built) {
  const packed = name.endsWith(".js") ? await pack(built) : {}
  const budget = BUDGET_BYTES[name]
  const { gz, br } = packed
  if (budget) {
    const sizes = `${built.length} bytes, ${gz.length} gzip of ${budget}, ${br.length} brotli`
    console.log(`${name}: ${sizes}`)
    if (gz.length > budget) complain(`${name} is over its budget: take something out.`)
  }
  for (const [suffix, bytes] of Object.entries({ "": built, ...packed })) {
    const path = join(staticDir, suffix ? `${name}.${suffix}` : name)
    if (!isCheck) writeFileSync(path, bytes)
    else if (!unpack(readFileSync(path), suffix).equals(built)) {
      complain(`${path} is not what the sources build: run \`npm run build\` and commit it.`)
    }
  }
}

/**
 * Keep the hashes true that site owners copy.
 *
 * @param {Record<string, Buffer>} files
 */
function document(files) {
  const before = readFileSync(docPath, "utf8")
  let after = before.replaceAll(/\/w\/\d+\.\d+\.\d+[^/]*\//g, `/w/${version()}/`)
  for (const [name, built] of Object.entries(files)) {
    const hash = createHash("sha384").update(built).digest("base64")
    const beside = new RegExp(`(/${name}"[^>\\n]*?)sha384-[\\w+/=]+`, "g")
    after = after.replaceAll(beside, `$1sha384-${hash}`)
  }
  if (after === before) return
  if (isCheck) complain("docs/embed.md names old hashes: run `npm run build` and commit it.")
  else writeFileSync(docPath, after)
}

mkdirSync(staticDir, { recursive: true })
const files = {
  "widget.js": await bundle("loader/main.js", "iife"),
  "panel.js": await bundle("panel/index.js", "esm"),
  "looks.json": await looks(),
  "feedback.d.ts": readFileSync(join(here, "feedback.d.ts")),
}
for (const [name, built] of Object.entries(files)) await deliver(name, built)
document(files)
