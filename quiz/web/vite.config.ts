import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { compress } from "./compress.ts";
import { firstScripts } from "./first-scripts.ts";
import { shell } from "./shell.ts";
import { words } from "./words.ts";

/** Where `npm run dev` finds the service; `quiz serve` listens there by default. */
const SERVICE = "http://127.0.0.1:8000";

/** What the first thing that players see is made of, apart from Svelte; other pages begin with it too. */
const START = /web\/src\/(i18n|preferences|ui\/\w+\.css|ui\/PhaseHeading|api\/(error-words|request|sessions)|session\/(backoff|device-storage|pin))/;
/** What finds the reader's words, and is there first. */
const WORDS = /web\/src\/(i18n\/languages\.ts|preferences\/choices|session\/device-storage)|preload-helper/;
const EARLY = "src/preferences/fetch-early.ts";
/** What a game needs on a phone as on other pages; charts and lists to look at are none of it. */
const LIVE = /web\/src\/(session|ui)\/(?!AnswerChart|chart|ChoiceList|LiveCountdown|ConfirmDialog)/;
const CHART = /AnswerChart-/;
/** Chunks are named after the pages they are for: `svelte~host~screen`. */
function plain(name: string): string {
  return name.replace(/[~.].*$/, "");
}

export default defineConfig({
  plugins: [words(), svelte(), firstScripts("early"), shell(), compress()],
  build: {
    outDir: "dist",
    // Phones a few years old are the rule among players.
    target: ["chrome94", "firefox93", "safari15.4"],
    // The service forbids inline scripts and styles, so nothing may be inlined into the pages.
    modulePreload: {
      polyfill: false,
      // What a chart needs besides itself is there on every page, and to name it all would weigh on the player's.
      resolveDependencies: (file, all) => (CHART.test(file) ? all.filter((each) => CHART.test(each)) : all),
    },
    assetsInlineLimit: 0,
    rolldownOptions: {
      // Each page then gets only as much of Svelte as it uses; Svelte does not say so itself.
      treeshake: { moduleSideEffects: [{ test: /svelte\/src\/internal\/client\/dom\//, sideEffects: false }] },
      input: { index: "index.html", host: "host.html", screen: "screen.html", early: EARLY, sw: "src/service-worker/sw.ts" },
      // What comes from elsewhere changes seldom and stays in the browsers' caches when the pages change.
      output: {
        codeSplitting: {
          groups: [
            { name: "svelte", test: /node_modules\/svelte\//, entriesAware: true },
            { name: "words", test: WORDS, minShareCount: 2 },
            { name: "start", test: START, minShareCount: 2 },
            { name: "socket", test: /node_modules\/(@socket\.io|socket\.io|engine\.io)/ },
            { name: "live", test: LIVE, minShareCount: 2 },
          ],
        },
        // A service worker may only look after what lies beside or below it.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : `assets/${plain(name)}-[hash].js`),
        chunkFileNames: ({ name }) => `assets/${plain(name)}-[hash].js`,
        assetFileNames: ({ names }) => `assets/${plain(names[0] ?? "")}-[hash][extname]`,
      },
    },
  },
  server: {
    proxy: {
      "/api": SERVICE,
      "/socket.io": { target: SERVICE, ws: true },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    // Tests of colours read style sheets.
    css: true,
  },
});
