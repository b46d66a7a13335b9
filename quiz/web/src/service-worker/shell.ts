/** What of all that a page asks for the service worker looks after, and for how long. */

/** The cache first, the network first, or none of our business. */
export type Source = "cache" | "network" | "neither";

/** The player's page, with or without a PIN, however that was typed: what the service answers with this page. */
const PAGE = /^\/((?=[^/]*\p{Nd})[\p{Nd}\s.\-‐-―]{1,20}\/?)?$/u;

/** @param origin our own. */
export function sourceOf(url: URL, origin: string, { method, mode }: Pick<Request, "method" | "mode">): Source {
  if (method !== "GET" || url.origin !== origin) return "neither";
  if (url.pathname.startsWith("/assets/")) return "cache";
  return mode === "navigate" && PAGE.test(decoded(url.pathname)) ? "network" : "neither";
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * The caches to keep: this version's and the one before it, whose pages may still be open in some tab and fetch the rest
 * of their files.
 *
 * @param all names of all caches, oldest first.
 */
export function keptCaches(all: readonly string[], prefix: string): string[] {
  return all.filter((name) => name.startsWith(prefix)).slice(-2);
}
