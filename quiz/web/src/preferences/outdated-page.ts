/** A page left open through a roll-out: files it has yet to load are gone, and the page of today names others. */

const STAMP = "quiz.reloaded";
const PAUSE_MS = 60_000;

/**
 * Whether to load the page again for want of one of its files.
 *
 * @param last when that was done last, by the device's clock like `now`, in milliseconds; 0 if never.
 */
export function mayReload(online: boolean, last: number, now: number): boolean {
  // A clock may have been set back since.
  return online && Math.abs(now - last) >= PAUSE_MS;
}

/**
 * Loads the page again when a part of it cannot be had any more. Seat, draft and pending answers are kept on the device;
 * whoever asked for the part is told as well, and deals with it in case the page stays.
 */
export function reloadWhenOutdated(): void {
  window.addEventListener("vite:preloadError", () => void reload());
}

async function reload(): Promise<void> {
  try {
    // A service that is away is no reason to give up the page that is there.
    const page = await fetch(location.href, { method: "HEAD", cache: "no-store" });
    const now = Date.now();
    if (!page.ok || !mayReload(navigator.onLine, Number(sessionStorage.getItem(STAMP)), now)) return;
    sessionStorage.setItem(STAMP, String(now));
    location.reload();
  } catch {
    // No network, or no storage to tell by how often that was tried.
  }
}
