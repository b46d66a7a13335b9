import { describe, expect, it } from "vitest";
import type { QuestionReport } from "../../api/reports";
import { difficulty, sorted } from "./difficulty";

function asked(number: number, right_share: number | null): QuestionReport {
  return { number, right_share } as QuestionReport;
}

describe("a question", () => {
  it.each([
    [1, "easy"],
    [0.75, "easy"],
    [0.74, "medium"],
    [0.4, "medium"],
    [0.39, "hard"],
    [0, "hard"],
    [null, null],
  ])("of which %s of the answers were right was %s", (share, word) => {
    expect(difficulty({ right_share: share })).toBe(word);
  });
});

describe("questions", () => {
  const questions = [asked(1, 0.5), asked(2, null), asked(3, 0), asked(4, 1), asked(5, 0.5)];

  it("stand in the order of play", () => {
    expect(sorted(questions, "played").map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it("stand hardest first, those alike as played and those without a share last", () => {
    expect(sorted(questions, "hardest").map(({ number }) => number)).toEqual([3, 1, 5, 4, 2]);
    expect(questions.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });
});
