// Build the widget into the one file the service serves; --check proves that file fresh and small.

import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import * as esbuild from "esbuild"

const here = dirname(fileURLToPath(import.meta.url))
const packageDir = join(here, "..", "feedback_service")
const bundlePath = join(packageDir, "web", "widget", "static", "widget.js")

// The promise in widget/README.md. What a page pays, so it is measured as it travels: gzip.
const BUDGET_BYTES = 8 * 1024

// The first browsers with adoptedStyleSheets; older ones are left alone at run time.
const TARGET = ["chrome99", "firefox101", "safari16.4"]

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

/** Style sheets enter the bundle as minified text. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = readFileSync(path, "utf8")
      const { code } = await esbuild.transform(source, {
        loader: "css",
        minify: true,
        target: TARGET,
      })
      return { contents: code.trim(), loader: "text" }
    })
  },
}

async function bundle() {
  const result = await esbuild.build({
    entryPoints: [join(here, "src", "main.js")],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    charset: "utf8",
    target: TARGET,
    plugins: [cssAsText],
    define: { VERSION: JSON.stringify(version()) },
    banner: { js: `/*! feedback-service widget ${version()} | MIT | sha256:${digest()} */` },
  })
  return Buffer.from(result.outputFiles[0].contents)
}

const built = await bundle()
const size = gzipSync(built, { level: 9 }).length
console.log(`widget.js: ${built.length} bytes, ${size} gzip of ${BUDGET_BYTES} allowed`)
if (size > BUDGET_BYTES) {
  console.error("The widget is over its budget: take something out.")
  process.exitCode = 1
}
if (process.argv.includes("--check")) {
  if (!readFileSync(bundlePath).equals(built)) {
    console.error("widget.js is not what the sources build: run `npm run build` and commit it.")
    process.exitCode = 1
  }
} else {
  mkdirSync(dirname(bundlePath), { recursive: true })
  writeFileSync(bundlePath, built)
}
