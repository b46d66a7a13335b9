import { describe, expect, it } from "vitest";
import type { Question, Quiz } from "../../api/quizzes";
import { emptyQuestion, fromQuiz, newKey, type QuestionDraft, type QuizDraft } from "./draft";
import { outlineOf } from "./outline";
// The service's own rules are held to the same cases by tests/unit/domain/test_editor_cases.py.
import cases from "./problem-cases.json";
import { pictureOf, problemsOf } from "./problems";

const QUESTION = { time_limit: 20, points: 1000, explanation: null, image: null };

/** With all that the service fills in when it is left out. */
function whole(question: object): Question {
  const told: Record<string, unknown> = { ...QUESTION, multiple: false, tolerance: 0, ...question };
  const choices = told["choices"] as object[] | undefined;
  return { ...told, choices: choices?.map((choice) => ({ correct: false, ...choice })) } as unknown as Question;
}

function quizOfCase(told: { quiz?: object; question?: object }): Quiz {
  const rounds = [{ title: "Round 1", questions: [told.question ?? {}] }];
  const quiz = (told.quiz ?? { title: "A quiz", language: "en", rounds }) as Quiz;
  return { ...quiz, rounds: quiz.rounds.map((round) => ({ ...round, questions: round.questions.map(whole) })) };
}

/** The paths of all problems, as the service names them. */
function paths(draft: QuizDraft): string[] {
  const places = new Map<string, string>([["quiz", ""]]);
  draft.rounds.forEach((round, index) => {
    places.set(round.key, `rounds.${index}.`);
    round.questions.forEach(({ key }, place) => places.set(key, `rounds.${index}.questions.${place}.`));
  });
  return problemsOf(draft).map(({ owner, field }) => places.get(owner) + field);
}

function problems(change: Partial<QuestionDraft>) {
  const question = { ...emptyQuestion("choice"), text: "?", ...change };
  const draft = { title: "T", language: "en", rounds: [{ key: newKey(), title: "R", questions: [question] }] };
  return problemsOf(draft).map(({ field, phrase }) => [field, phrase]);
}

describe("a draft", () => {
  it.each(cases)("with $says has its problem where the service has it", ({ field, ...told }) => {
    const expected = field === null ? [] : [told.question === undefined ? field : `rounds.0.questions.0.${field}`];
    expect(paths(fromQuiz(quizOfCase(told)))).toEqual(expected);
  });

  it("may have choices that were left blank", () => {
    const choices = [
      { text: "a", correct: true },
      { text: " ", correct: false },
      { text: "b", correct: false },
    ];
    expect(problems({ choices })).toEqual([]);
  });

  it("may not have a blank choice that is right", () => {
    const choices = [
      { text: "a", correct: true },
      { text: "b", correct: false },
      { text: "", correct: true },
    ];
    expect(problems({ choices })).toEqual([["choices.2", "problem.blank_correct"]]);
  });

  it("of a new question has to be written first", () => {
    expect(problems({ text: "" })).toEqual([
      ["text", "problem.empty"],
      ["choices", "problem.too_few"],
    ]);
  });

  it("cannot do without numbers where they belong", () => {
    const change = { type: "numeric", answer: "twelve", tolerance: "", points: "1.5x", timeLimit: "" } as const;
    expect(problems(change)).toEqual([
      ["time_limit", "problem.whole"],
      ["points", "problem.whole"],
      ["answer", "problem.number"],
      ["tolerance", "problem.empty"],
    ]);
  });

  it.each([
    ["", ""],
    ["https", ""],
    ["http://a.example/b.png", ""],
    [" https://a.example/b.png ", "https://a.example/b.png"],
  ])("with %j for a picture shows %j", (image, expected) => {
    expect(pictureOf({ ...emptyQuestion("poll"), image })).toBe(expected);
  });

  it("of five hundred questions is looked through in no time", () => {
    const questions = Array.from({ length: 500 }, () => emptyQuestion("choice"));
    const draft = { title: "T", language: "en", rounds: [{ key: newKey(), title: "R", questions }] };
    expect(new Set(problemsOf(draft).map(({ owner }) => owner)).size).toBe(500);
    expect(outlineOf(draft)).toHaveLength(501);
  });
});
