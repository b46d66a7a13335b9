/** Lets the browser keep the page itself, so that loading it again without a network shows the game and not an error. */

/** To be called when the whole page is there, so as not to compete with it. */
export function keepShell(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // Private windows and strict settings refuse it; the page then needs a network to be loaded.
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
