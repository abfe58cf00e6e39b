// What a browser module may do; types are tsc's job, layout is prettier's.

import js from "@eslint/js"

const names = (/** @type {string[]} */ ...list) =>
  Object.fromEntries(list.map((name) => [name, "readonly"]))

export default [
  { ignores: ["node_modules/"] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      // A widget that talks in the console of somebody else's page talks quietly.
      "no-console": ["error", { allow: ["debug"] }],
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "cssText"].map((property) => ({
          property,
          message: "a strict host page forbids it: build nodes, use the style sheet",
        })),
      ],
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", { max: 100, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // tsc knows the browser's names.
    files: ["src/**/*.js"],
    rules: { "no-undef": "off" },
  },
  {
    files: ["**/*.mjs", "test*/**/*.js"],
    languageOptions: {
      globals: names("Buffer", "Event", "EventTarget", "URL", "console", "process"),
    },
    rules: { "no-console": "off", "max-lines-per-function": "off" },
  },
]
