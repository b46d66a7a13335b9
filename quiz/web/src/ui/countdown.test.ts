import { describe, expect, it } from "vitest";
import type { QuestionView } from "../messages";
import { countdown, spokenMark } from "./countdown";

function question(opens_at: number, closes_at: number | null): QuestionView {
  return { opens_at, closes_at } as QuestionView;
}

describe("a countdown", () => {
  it.each([
    [9_000, "ready", 1, 1],
    [10_000, "open", 20, 1],
    [19_001, "open", 11, 0.55],
    [29_999, "open", 1, 0],
    [30_000, "up", 0, 0],
    [45_000, "up", 0, 0],
  ])("at %i ms is %s with %i s", (now, timing, seconds, left) => {
    const shown = countdown(question(10_000, 30_000), now);
    expect(shown).toMatchObject({ timing, seconds });
    expect(shown.left).toBeCloseTo(left, 2);
  });

  it("never ends without a time limit", () => {
    expect(countdown(question(10_000, null), 9e12).timing).toBe("untimed");
  });

  it("is spoken at few moments only", () => {
    const spoken = Array.from({ length: 41 }, (_, second) => 40 - second).map((left) =>
      spokenMark(countdown(question(0, 40_000), 40_000 - left * 1_000)),
    );
    expect([...new Set(spoken)]).toEqual([null, 30, 10, 5, 0]);
  });
});
