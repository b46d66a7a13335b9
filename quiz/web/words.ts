import type { Plugin } from "vite";

/** Who reads a part of a language: everyone, or quiz masters only. */
const PART = /\/i18n\/languages\/[\w-]+\.ts\?words=(everyone|host)$/;
const HOST_WORDS = "/src/i18n/english-host.ts";

/** What is read here of a syntax tree. */
interface Node {
  type: string;
  start: number;
  end: number;
}
interface Property extends Node {
  key: { name?: string; value?: string };
  value: Node & { properties?: Property[] };
}

/**
 * Makes two parts of each language, `de.ts?words=everyone` and `de.ts?words=host`, so that players need not fetch what
 * only quiz masters read. Which phrases those are is said by `english-host.ts`.
 */
export function words(): Plugin {
  let root = "";
  return {
    name: "words",
    enforce: "pre",
    configResolved(config) {
      root = config.root;
    },
    transform: {
      filter: { id: PART },
      async handler(code, id) {
        const part = PART.exec(id)?.[1];
        this.addWatchFile(root + HOST_WORDS);
        const english = await this.fs.readFile(root + HOST_WORDS, { encoding: "utf8" });
        const hosts = new Set(properties(this.parse(english, { lang: "ts" }), "englishHost").map(keyOf));
        const others = properties(this.parse(code, { lang: "ts" }), "phrases").filter(
          (phrase) => hosts.has(keyOf(phrase)) !== (part === "host"),
        );
        return { code: without(code, others), map: null };
      },
    },
  };
}

/** The properties of the object that is called `name` somewhere in the tree. */
function properties(tree: object, name: string): Property[] {
  for (const [, child] of Object.entries(tree)) {
    if (typeof child !== "object" || child === null) continue;
    const { id, init, key, value } = child as Record<string, { name?: string; properties?: Property[] } | undefined>;
    const found = (id?.name === name && init?.properties) || (key?.name === name && value?.properties);
    const below = found || properties(child as object, name);
    if (below.length > 0) return below;
  }
  return [];
}

function keyOf({ key }: Property): string {
  return key.name ?? key.value ?? "";
}

/** `code` with these properties blanked out, so that the rest keeps its lines. */
function without(code: string, gone: Property[]): string {
  let rest = code;
  for (const { start, end } of gone) {
    const comma = /^\s*,/.exec(code.slice(end))?.[0].length ?? 0;
    rest = rest.slice(0, start) + code.slice(start, end + comma).replace(/[^\n]/g, " ") + rest.slice(end + comma);
  }
  return rest;
}
