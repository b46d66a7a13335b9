import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Smaller files gain nothing worth a second copy. In bytes. */
const SMALLEST = 500;

/** Puts packed copies beside each built file; the service sends the one that a browser can read best. */
export function compress(): Plugin {
  return {
    name: "compress",
    apply: "build",
    generateBundle: {
      // After the pages themselves have joined the bundle.
      order: "post",
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          const content = file.type === "chunk" ? file.code : file.source;
          const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
          if (bytes.length < SMALLEST) continue;
          const emit = (ending: string, source: Uint8Array) =>
            this.emitFile({ type: "asset", fileName: `${file.fileName}.${ending}`, source });
          emit("gz", gzipSync(bytes, { level: 9 }));
          // The best quality is the default.
          emit("br", brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
        }
      },
    },
  };
}
