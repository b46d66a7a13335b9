/** Waiting before trying again, so that ten thousand phones cut off at once do not come back at once. */

export interface Backoff {
  /** Longest wait before the second try, in milliseconds. */
  baseMs: number;
  /** Longest wait at all, in milliseconds. */
  capMs: number;
}

/** A source of numbers from 0 up to, but not including, 1. */
export type Random = () => number;

/**
 * "Full jitter": a wait anywhere between nothing and a bound that doubles with each failed attempt.
 *
 * socket.io-client's own backoff adds its jitter before the cap is applied, so that after a minute of outage every
 * client waits exactly the cap; that is why reconnecting is done here.
 */
export function fullJitter(attempt: number, { baseMs, capMs }: Backoff, random: Random = Math.random): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)));
}
