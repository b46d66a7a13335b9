import { describe, expect, it } from "vitest";
import type { QuestionView, RevealView } from "../messages";
import { alsoAccepted, answerLines, rightLines } from "./answer-words";
import { bars } from "./chart";

const CHOICE = { type: "choice", choices: ["Oslo", "Nuuk", "Rome"] } as QuestionView;
const POLL = { type: "poll", choices: ["Tea", "Coffee"] } as QuestionView;
const ORDER = { type: "order", items: ["Sun", "Moon", "Earth"] } as QuestionView;
const TEXT = { type: "text" } as QuestionView;
const NUMERIC = { type: "numeric" } as QuestionView;

function reveal(correct: RevealView["correct"], counts: RevealView["counts"] = []): RevealView {
  return { question: 1, correct, counts, answered: 0, closed_at: 0 };
}

describe("a chart of answers", () => {
  it("has a bar for each choice, the longest for the most answers", () => {
    const rows = bars(CHOICE, reveal([1], [2, 4, 0]));
    expect(rows.map((row) => [row.label, row.count, row.right, row.length])).toEqual([
      ["Oslo", 2, false, 0.5],
      ["Nuuk", 4, true, 1],
      ["Rome", 0, false, 0],
    ]);
  });

  it("calls nothing in a poll right or wrong", () => {
    expect(bars(POLL, reveal([], [1, 1])).map((row) => row.right)).toEqual([null, null]);
  });

  it("shows right and wrong where there are no choices", () => {
    const rows = bars(NUMERIC, reveal(8, { right: 3, wrong: 1 }));
    expect(rows.map((row) => [row.label, row.count])).toEqual([
      ["Right", 3],
      ["Wrong", 1],
    ]);
  });

  it("is drawn when nobody has answered", () => {
    expect(bars(CHOICE, reveal([1], [0, 0, 0])).every((row) => row.length === 0)).toBe(true);
  });
});

describe("an answer in words", () => {
  it("names choices by letter and text", () => {
    expect(answerLines(CHOICE, [0, 2])).toEqual(["A: Oslo", "C: Rome"]);
    expect(rightLines(CHOICE, reveal([1]))).toEqual(["B: Nuuk"]);
  });

  it("lists items in the order given", () => {
    expect(answerLines(ORDER, [1, 2, 0])).toEqual(["Moon", "Earth", "Sun"]);
  });

  it("writes numbers as the language does", () => {
    expect(answerLines(NUMERIC, 12345.5)).toEqual(["12,345.5"]);
    expect(rightLines(NUMERIC, reveal(-0.25))).toEqual(["-0.25"]);
  });

  it("gives the first accepted text and keeps the others apart", () => {
    const shown = reveal(["Reykjavík", "Reykjavik"]);
    expect(rightLines(TEXT, shown)).toEqual(["Reykjavík"]);
    expect(alsoAccepted(TEXT, shown)).toEqual(["Reykjavik"]);
    expect(alsoAccepted(CHOICE, reveal([1, 2]))).toEqual([]);
  });
});
