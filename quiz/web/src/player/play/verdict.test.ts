import { describe, expect, it } from "vitest";
import type { ResultView, RevealView, You } from "../../messages";
import { verdict } from "./verdict";

const REVEAL: RevealView = { question: 2, correct: [0], counts: [1], answered: 1, closed_at: 0 };

function you(answered: boolean, result?: Partial<ResultView>): You {
  const own: You = { player_id: "p", nickname: "Ada", total: 0, rank: 1, of: 1, streak: 0, answered };
  if (result === undefined) return own;
  const nothing: ResultView = {
    question: 2,
    correct: false,
    points: 0,
    total: 0,
    rank: 1,
    of: 1,
    streak: 0,
    behind: null,
  };
  return { ...own, result: { ...nothing, ...result } };
}

describe("the verdict", () => {
  it.each([
    ["correct", you(true, { correct: true, points: 900 })],
    ["partly", you(true, { correct: false, points: 300 })],
    ["wrong", you(true, { correct: false })],
    ["none", you(false, { correct: false })],
    ["waiting", you(true)],
    ["waiting", you(true, { question: 1, correct: true })],
  ] as const)("is %s", (expected, player) => {
    expect(verdict(REVEAL, player, true)).toBe(expected);
  });

  it("of a poll is thanks for a vote, or that there was none", () => {
    expect(verdict(REVEAL, you(true, { correct: null }), false)).toBe("poll");
    expect(verdict(REVEAL, you(false), false)).toBe("none");
  });

  it("of a void question is that it does not count, however it was answered", () => {
    expect(verdict({ ...REVEAL, voided: true }, you(true, { correct: true, points: 900 }), true)).toBe("voided");
  });

  it("of a right answer stands even if its ack never came", () => {
    expect(verdict(REVEAL, you(false, { correct: true, points: 900 }), true)).toBe("correct");
  });
});
