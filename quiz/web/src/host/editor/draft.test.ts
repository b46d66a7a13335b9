import { describe, expect, it } from "vitest";
import type { Quiz } from "../../api/quizzes";
import { emptyQuestion, filledPlaces, fromQuiz, isBlank, newKey, toQuiz, type QuizDraft } from "./draft";
import { changeQuestion } from "./operations";
import { QUESTIONS, quizOf } from "./quizzes.fixture";

function firstKey(draft: QuizDraft): string {
  return draft.rounds[0]!.questions[0]!.key;
}

describe("a draft", () => {
  it.each(Object.values(QUESTIONS))("made of a question of type $type becomes the same again", (question) => {
    expect(toQuiz(fromQuiz(quizOf(question)))).toEqual(quizOf(question));
  });

  it("keeps what else a question has", () => {
    const question = { ...QUESTIONS.poll, time_limit: null, points: 0, explanation: "Why", image: "https://a.b/c.png" };
    expect(toQuiz(fromQuiz(quizOf(question)))).toEqual(quizOf(question));
  });

  it("keeps several rounds, and empty ones, apart", () => {
    const quiz: Quiz = { ...quizOf(), rounds: [{ title: "A", questions: [] }, { title: "B", questions: [QUESTIONS.text] }] };
    expect(toQuiz(fromQuiz(quiz))).toEqual(quiz);
  });

  it("loses nothing by a change of type and back", () => {
    const draft = fromQuiz(quizOf(QUESTIONS.numeric));
    const key = firstKey(draft);
    const there = changeQuestion(draft, key, { type: "text" });
    expect(toQuiz(changeQuestion(there, key, { type: "numeric" }))).toEqual(toQuiz(draft));
  });

  it("takes the choices of a poll over into a question with right ones", () => {
    const draft = fromQuiz(quizOf(QUESTIONS.poll));
    const question = toQuiz(changeQuestion(draft, firstKey(draft), { type: "choice" })).rounds[0]!.questions[0]!;
    expect(question).toMatchObject({ choices: [{ text: "Yes", correct: false }, { text: "No", correct: false }] });
  });

  it("leaves out lines that were left blank", () => {
    const draft = fromQuiz(quizOf(QUESTIONS.order));
    const blank = changeQuestion(draft, firstKey(draft), { items: ["one", "  ", "two", ""] });
    expect(toQuiz(blank).rounds[0]!.questions[0]).toMatchObject({ items: ["one", "two"] });
  });

  it("has no explanation and no image where nothing but spaces was written", () => {
    const draft = fromQuiz(quizOf(QUESTIONS.text));
    const spaces = changeQuestion(draft, firstKey(draft), { explanation: " \n", image: "  " });
    expect(toQuiz(spaces).rounds[0]!.questions[0]).toMatchObject({ explanation: null, image: null });
  });

  it("gives everything in it a key of its own", () => {
    const draft = fromQuiz(quizOf(...Object.values(QUESTIONS)));
    const keys = draft.rounds.flatMap(({ key, questions }) => [key, ...questions.map((question) => question.key)]);
    expect(new Set([...keys, newKey(), emptyQuestion("poll").key]).size).toBe(keys.length + 2);
  });
});

describe("a text", () => {
  it.each(["", "  ", "\n\t", "\u00a0", "\u200b\u200f", "\ufeff"])("without anything to see is blank: %j", (text) => {
    expect(isBlank(text)).toBe(true);
  });

  it.each([".", "🙂", "\u200bא", " x "])("with something to see is not: %j", (text) => {
    expect(isBlank(text)).toBe(false);
  });

  it("has its place among those that count", () => {
    expect(filledPlaces(["a", "", "b", " "])).toEqual([0, 2]);
  });
});
