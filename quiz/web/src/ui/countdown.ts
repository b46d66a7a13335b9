/** What a countdown shows and says. */

import type { QuestionView } from "../messages";

export type Timing = "ready" | "open" | "untimed" | "up";

export interface Countdown {
  timing: Timing;
  /** Whole seconds left, rounded up, so that it shows 0 only when nothing is left. */
  seconds: number;
  /** From 1 (all the time is left) to 0. */
  left: number;
}

/** Remaining seconds at which a screen reader is told. */
const SPOKEN = [30, 10, 5];

/** @param now the service's time in milliseconds since the epoch. */
export function countdown({ opens_at, closes_at }: QuestionView, now: number): Countdown {
  if (now < opens_at) return { timing: "ready", seconds: Math.ceil((opens_at - now) / 1000), left: 1 };
  if (closes_at === null) return { timing: "untimed", seconds: 0, left: 1 };
  const remaining = closes_at - now;
  if (remaining <= 0) return { timing: "up", seconds: 0, left: 0 };
  const whole = Math.max(1, closes_at - opens_at);
  return { timing: "open", seconds: Math.ceil(remaining / 1000), left: Math.min(1, remaining / whole) };
}

/** The mark a countdown has passed last, of those that are spoken; null before the first. */
export function spokenMark({ timing, seconds }: Countdown): number | null {
  if (timing === "up") return 0;
  if (timing !== "open") return null;
  const passed = SPOKEN.filter((mark) => seconds <= mark);
  return passed.length === 0 ? null : Math.min(...passed);
}
