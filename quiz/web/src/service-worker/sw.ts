/**
 * Keeps the player's page for times without a network: the page and its files, nothing of a game. Calls and sockets
 * never pass through here.
 */

import { keptCaches, sourceOf } from "./shell";
import type { FetchEvent, LifecycleEvent, Worker } from "./worker";

/** Set by the build: what the player's page consists of, and a version that changes with it. */
declare const SHELL: { version: string; files: string[] };

const worker = self as unknown as Worker;
const PREFIX = "quiz-";
const CACHE = PREFIX + SHELL.version;
const PAGE = "/";
/** A network that says nothing for so long is as good as none, if the page is kept. */
const PATIENCE_MS = 8_000;
/** Answers of a proxy whose nodes are all away. */
const AWAY = [502, 503, 504];

worker.addEventListener("install", (event: LifecycleEvent) => {
  event.waitUntil(install());
});
worker.addEventListener("activate", (event: LifecycleEvent) => {
  event.waitUntil(activate());
});
worker.addEventListener("fetch", (event: FetchEvent) => {
  const { request } = event;
  const source = sourceOf(new URL(request.url), worker.location.origin, request);
  if (source === "cache") event.respondWith(asset(request));
  else if (source === "network") event.respondWith(page(request));
});

/** All or nothing: while nodes of two versions are about, a file may be missing, and the next visit tries again. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...SHELL.files]);
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  const all = await caches.keys();
  const kept = keptCaches(all, PREFIX);
  await Promise.all(all.filter((name) => name.startsWith(PREFIX) && !kept.includes(name)).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** A file whose name changes with its content. */
async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) await keep(request, response);
  return response;
}

async function page(request: Request): Promise<Response> {
  const kept = await caches.match(PAGE, { ignoreVary: true });
  if (kept === undefined) return fetch(request);
  try {
    const response = await Promise.race([fetch(request), late()]);
    if (response.ok) await keep(PAGE, response);
    return AWAY.includes(response.status) ? kept : response;
  } catch {
    return kept;
  }
}

async function keep(key: Request | string, response: Response): Promise<void> {
  const copy = response.clone();
  const cache = await caches.open(CACHE);
  // A full disk is no reason to withhold what has arrived.
  await cache.put(key, copy).catch(() => {});
}

function late(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE_MS));
}
