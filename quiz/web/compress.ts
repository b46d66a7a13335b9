import type { Plugin } from "vite";

/** Smaller files gain nothing worth a second copy. In bytes. */
const SMALLEST = 500;

/** Puts a gzipped copy beside each built file; the service sends it to browsers that can read it. */
export function compress(): Plugin {
  return {
    name: "compress",
    apply: "build",
    generateBundle: {
      // After the pages themselves have joined the bundle.
      order: "post",
      async handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          const content = file.type === "chunk" ? file.code : file.source;
          const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
          if (bytes.length < SMALLEST) continue;
          this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source: await gzip(bytes) });
        }
      },
    },
  };
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
