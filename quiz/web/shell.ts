import type { Plugin, Rolldown } from "vite";

/** Entry and lazy part of the player's page, and the worker that keeps them. */
const PAGE = "index";
const LAZY = "PlayPage";
const WORKER = "sw.js";

/** Tells the service worker what the player's page consists of, languages and rarely opened dialogs aside. */
export function shell(): Plugin {
  return {
    name: "shell",
    apply: "build",
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== "chunk") return this.error(`there is no ${WORKER}`);
        if (worker.imports.length > 0) return this.error(`${WORKER} must stand alone`);
        const files = filesOfPage(Object.values(bundle).filter((file) => file.type === "chunk"));
        const shell = JSON.stringify({ version: await digest(files), files });
        worker.code = worker.code.replace(/\bSHELL\b/g, () => `(${shell})`);
      },
    },
  };
}

function filesOfPage(chunks: Rolldown.OutputChunk[]): string[] {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const files = new Set<string>();
  const take = (chunk: Rolldown.OutputChunk | undefined) => {
    if (chunk === undefined || files.has(chunk.fileName)) return;
    files.add(chunk.fileName);
    for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css);
    for (const file of chunk.imports) take(byFile.get(file));
  };
  for (const chunk of chunks) if (chunk.name === PAGE || chunk.name === LAZY) take(chunk);
  return [...files].sort().map((file) => `/${file}`);
}

/** The names hold hashes of what is in the files. */
async function digest(files: string[]): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(files.join("\n")));
  return [...new Uint8Array(bytes)].slice(0, 8).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
