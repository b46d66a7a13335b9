import { describe, expect, it } from "vitest";
import { emptyQuestion, type QuizDraft } from "./draft";
import { outlineOf, spotAt } from "./outline";

function roundOf(key: string, ...questions: string[]) {
  return { key, title: key, questions: questions.map((each) => ({ ...emptyQuestion("text"), key: each })) };
}

const DRAFT: QuizDraft = { title: "", language: "", rounds: [roundOf("a", "1", "2"), roundOf("b"), roundOf("c", "3")] };

describe("an outline", () => {
  it("counts rounds, and questions throughout the quiz", () => {
    const lines = outlineOf(DRAFT).map(({ kind, key, number }) => `${kind} ${key} ${number}`);
    expect(lines).toEqual(["round a 1", "question 1 1", "question 2 2", "round b 2", "round c 3", "question 3 3"]);
  });

  it.each([
    ["1", false, "a", 0],
    ["1", true, "a", 1],
    ["2", true, "a", 2],
    ["3", false, "c", 0],
    ["a", false, "a", 0],
    ["a", true, "a", 0],
    ["b", false, "a", 2],
    ["b", true, "b", 0],
    ["c", false, "b", 0],
  ] as const)("says where a question lands that is let go at %s (behind it: %s)", (key, behind, round, index) => {
    expect(spotAt(DRAFT, key, behind)).toEqual({ round, index });
  });

  it("has no place at a line that is gone", () => {
    expect(spotAt(DRAFT, "9", true)).toBeNull();
  });
});
