import type { Plugin } from "vite";

/**
 * Puts the scripts of pages in order.
 *
 * Each page begins with the script that is called `early`. Its own script then holds back the first painting until it
 * has dressed the page, or one with another theme than the device's would flash up in the wrong colours; there is
 * nothing to be seen before that anyway.
 */
export function firstScripts(early: string): Plugin {
  return {
    name: "first-scripts",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(page, { bundle = {} }) {
        const chunk = Object.values(bundle).find((file) => file.type === "chunk" && file.name === early);
        if (chunk?.type !== "chunk") throw new Error(`there is no script called ${early}`);
        const needs = chunk.imports.map((file) => `<link rel="modulepreload" crossorigin href="/${file}">`);
        const first = [`<script type="module" crossorigin src="/${chunk.fileName}"></script>`, ...needs].join("\n    ");
        return page.replace('<script type="module"', `${first}\n    <script type="module" blocking="render"`);
      },
    },
  };
}
