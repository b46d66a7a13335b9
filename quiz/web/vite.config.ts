import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { compress } from "./compress.ts";

/** Where `npm run dev` finds the service; `quiz serve` listens there by default. */
const SERVICE = "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [svelte(), compress()],
  build: {
    outDir: "dist",
    // Phones a few years old are the rule among players.
    target: ["chrome94", "firefox93", "safari15.4"],
    // The service forbids inline scripts and styles, so nothing may be inlined into the pages.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: "index.html", host: "host.html", screen: "screen.html" },
      // What comes from elsewhere changes seldom and stays in the browsers' caches when the pages change.
      output: { codeSplitting: { groups: [{ name: "vendor", test: /node_modules/ }] } },
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
  },
});
