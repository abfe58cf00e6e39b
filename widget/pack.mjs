// Pack files as hard as it goes: done once here, so that the service does it never.

import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzipSync,
} from "node:zlib"

/** @param {Buffer} bytes */
export const pack = (bytes) => ({
  gz: gzipSync(bytes, { level: 9 }),
  br: brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }),
})

/**
 * @param {Buffer} bytes
 * @param {string} suffix gz, br or "" for plain
 */
export function unpack(bytes, suffix) {
  if (suffix === "gz") return gunzipSync(bytes)
  return suffix === "br" ? brotliDecompressSync(bytes) : bytes
}
