/** A display that goes dark in the middle of a game: a projector then stops it for a whole hall, a phone for one player. */

/** Keeps the display on while the page can be seen, where the browser lets it. Returns what ends that. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let over = false;
  const ask = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      // Only pages by https have it, and only while they can be seen: it is gone after each look at another tab.
      const granted = await navigator.wakeLock?.request("screen");
      if (over) await granted?.release();
      else lock = granted;
    } catch {
      // The battery is low, or the device forbids it; the display then does what it always does.
    }
  };
  document.addEventListener("visibilitychange", ask);
  void ask();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", ask);
    void lock?.release();
  };
}
