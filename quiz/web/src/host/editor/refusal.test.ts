import { describe, expect, it } from "vitest";
import { fromQuiz } from "./draft";
import { changeQuestion } from "./operations";
import { QUESTIONS, quizOf } from "./quizzes.fixture";
import { refusalsOf } from "./refusal";

const DRAFT = fromQuiz(quizOf(QUESTIONS.choice, QUESTIONS.order));
const [ROUND] = DRAFT.rounds;
const [CHOICE, ORDER] = ROUND!.questions;

describe("a refusal of the service", () => {
  it.each([
    ["title", "quiz", "title"],
    ["rounds", "quiz", "rounds"],
    ["rounds.0.title", ROUND!.key, "title"],
    ["rounds.0.questions.0.text", CHOICE!.key, "text"],
    ["rounds.0.questions.1.items.2", ORDER!.key, "items.2"],
    ["rounds.0.questions.1", ORDER!.key, ""],
    ["rounds.7.questions.1.text", "quiz", "rounds.7.questions.1.text"],
  ])("of %s finds its place in the draft", (path, owner, field) => {
    expect(refusalsOf(DRAFT, { [path]: "No." })).toEqual([{ owner, field, message: "No." }]);
  });

  it("counts only the lines that were sent", () => {
    const draft = changeQuestion(DRAFT, ORDER!.key, { items: ["a", "", "b"] });
    expect(refusalsOf(draft, { "rounds.0.questions.1.items.1": "No." })).toMatchObject([{ field: "items.2" }]);
  });
});
