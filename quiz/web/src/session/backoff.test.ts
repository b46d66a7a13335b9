import { describe, expect, it } from "vitest";
import { fullJitter } from "./backoff";

const BACKOFF = { baseMs: 1_000, capMs: 10_000 };
const almostOne = () => 0.999999;

describe("full jitter", () => {
  it("doubles the longest wait with each attempt, up to the cap", () => {
    const longest = [0, 1, 2, 3, 4, 5, 60].map((attempt) => Math.ceil(fullJitter(attempt, BACKOFF, almostOne)));
    expect(longest).toEqual([999, 1_999, 3_999, 7_999, 9_999, 9_999, 9_999]);
  });

  it("may wait not at all, however many attempts have failed", () => {
    expect(fullJitter(0, BACKOFF, () => 0)).toBe(0);
    expect(fullJitter(40, BACKOFF, () => 0)).toBe(0);
  });

  it("still spreads evenly once the cap is reached", () => {
    const waits = Array.from({ length: 1_000 }, (_, index) => fullJitter(50, BACKOFF, () => index / 1_000));
    const tenths = new Set(waits.map((wait) => Math.floor(wait / 1_000)));
    expect(tenths.size).toBe(10);
  });
});
