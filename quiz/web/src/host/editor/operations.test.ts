import { describe, expect, it } from "vitest";
import { emptyQuestion, type QuizDraft } from "./draft";
import * as operations from "./operations";

/** A draft told by its keys: one text for each round, "a:123" for round a with the questions 1, 2 and 3. */
function draftOf(...rounds: string[]): QuizDraft {
  return {
    title: "A quiz",
    language: "en",
    rounds: rounds.map((told) => {
      const [key = "", questions = ""] = told.split(":");
      return { key, title: key, questions: [...questions].map((each) => ({ ...emptyQuestion("text"), key: each })) };
    }),
  };
}

function told(draft: QuizDraft): string[] {
  return draft.rounds.map(({ key, questions }) => `${key}:${questions.map((question) => question.key).join("")}`);
}

const TWO = draftOf("a:123", "b:45");
const NEW = { ...emptyQuestion("poll"), key: "n" };

describe("a question", () => {
  it.each([
    ["1", ["a:1n23", "b:45"]],
    ["3", ["a:123n", "b:45"]],
    ["5", ["a:123", "b:45n"]],
    ["a", ["a:123n", "b:45"]],
    ["nobody", ["a:123", "b:45"]],
  ])("is added behind %s", (after, expected) => {
    expect(told(operations.addQuestion(TWO, after, NEW))).toEqual(expected);
  });

  it("is removed, and its round stays even when it is empty", () => {
    expect(told(operations.removeQuestion(draftOf("a:1"), "1"))).toEqual(["a:"]);
  });

  it("is doubled right behind itself under a key of its own", () => {
    const draft = operations.changeQuestion(TWO, "2", { text: "Why?" });
    const after = operations.duplicateQuestion(draft, "2", "x");
    expect(told(after)).toEqual(["a:12x3", "b:45"]);
    expect(operations.questionOf(after, "x")).toEqual({ ...operations.questionOf(draft, "2"), key: "x" });
  });

  it.each([
    ["2", -1, ["a:213", "b:45"]],
    ["2", 1, ["a:132", "b:45"]],
    ["3", 1, ["a:12", "b:345"]],
    ["4", -1, ["a:1234", "b:5"]],
    ["1", -1, ["a:123", "b:45"]],
    ["5", 1, ["a:123", "b:45"]],
  ] as const)("with key %s moves by %i, over into the next round at an end", (key, by, expected) => {
    expect(told(operations.moveQuestion(TWO, key, by))).toEqual(expected);
  });

  it.each([
    ["1", "a", 3, ["a:231", "b:45"]],
    ["3", "a", 0, ["a:312", "b:45"]],
    ["1", "b", 1, ["a:23", "b:415"]],
    ["5", "a", 0, ["a:5123", "b:4"]],
    ["2", "b", 2, ["a:13", "b:452"]],
    ["2", "a", 1, ["a:123", "b:45"]],
    ["2", "a", 2, ["a:123", "b:45"]],
    ["2", "nowhere", 0, ["a:123", "b:45"]],
  ] as const)("with key %s is put into round %s at %i", (key, round, index, expected) => {
    expect(told(operations.moveQuestionTo(TWO, key, round, index))).toEqual(expected);
  });

  it("that goes nowhere changes nothing at all", () => {
    expect(operations.moveQuestionTo(TWO, "2", "a", 2)).toBe(TWO);
    expect(operations.moveQuestion(TWO, "1", -1)).toBe(TWO);
    expect(operations.removeQuestion(TWO, "nobody")).toBe(TWO);
    expect(operations.changeQuestion(TWO, "nobody", { text: "?" })).toBe(TWO);
  });

  it("is changed without a change to any other", () => {
    const after = operations.changeQuestion(TWO, "4", { text: "Why?" });
    expect(operations.questionOf(after, "4")?.text).toBe("Why?");
    expect(after.rounds[0]).toBe(TWO.rounds[0]);
    expect(after.rounds[1]!.questions[1]).toBe(TWO.rounds[1]!.questions[1]);
  });

  it("has a place", () => {
    expect(operations.placeOf(TWO, "5")).toEqual({ round: 1, question: 1 });
    expect(operations.placeOf(TWO, "a")).toBeNull();
  });
});

describe("a round", () => {
  it("is added as the last one", () => {
    expect(told(operations.addRound(TWO, { key: "c", title: "C", questions: [] }))).toEqual(["a:123", "b:45", "c:"]);
  });

  it("is removed with its questions", () => {
    expect(told(operations.removeRound(TWO, "a"))).toEqual(["b:45"]);
    expect(operations.removeRound(TWO, "nobody")).toBe(TWO);
  });

  it("is moved with its questions, and not beyond the ends", () => {
    expect(told(operations.moveRound(TWO, "a", 1))).toEqual(["b:45", "a:123"]);
    expect(operations.moveRound(TWO, "a", -1)).toBe(TWO);
    expect(operations.moveRound(TWO, "nobody", 1)).toBe(TWO);
  });

  it("is renamed", () => {
    expect(operations.renameRound(TWO, "b", "Final").rounds.map(({ title }) => title)).toEqual(["a", "Final"]);
  });
});
