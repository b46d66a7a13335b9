/** A quiz while it is being written: anything goes, also what the service would not take yet. All of it is immutable. */

import type { Question, Quiz } from "../../api/quizzes";
import { POINTS_DEFAULT, TIME_LIMIT_DEFAULT } from "./limits";

export type QuestionType = Question["type"];

/** A number, or what was typed where no number can be read in it. */
export type Typed = number | string;

export interface ChoiceDraft {
  readonly text: string;
  readonly correct: boolean;
}

/** A question keeps what was written for other types, so that changing the type and back loses nothing. */
export interface QuestionDraft {
  /** Stays with the question wherever it is moved. */
  readonly key: string;
  readonly type: QuestionType;
  readonly text: string;
  /** In seconds; null for none. */
  readonly timeLimit: Typed | null;
  readonly points: Typed;
  readonly explanation: string;
  readonly image: string;
  readonly choices: readonly ChoiceDraft[];
  readonly multiple: boolean;
  readonly answer: Typed;
  readonly tolerance: Typed;
  readonly accepted: readonly string[];
  /** In the right order. */
  readonly items: readonly string[];
}

export interface RoundDraft {
  readonly key: string;
  readonly title: string;
  readonly questions: readonly QuestionDraft[];
}

export interface QuizDraft {
  readonly title: string;
  readonly language: string;
  readonly rounds: readonly RoundDraft[];
}

const PAGE = Math.random().toString(36).slice(2, 10);
let made = 0;

/** Unlike all others, also those in drafts that an earlier page has kept. */
export function newKey(): string {
  made += 1;
  return `${PAGE}.${made}`;
}

const EMPTY_CHOICE: ChoiceDraft = { text: "", correct: false };

export function emptyQuestion(type: QuestionType): QuestionDraft {
  return {
    key: newKey(),
    type,
    text: "",
    timeLimit: TIME_LIMIT_DEFAULT,
    points: POINTS_DEFAULT,
    explanation: "",
    image: "",
    choices: [EMPTY_CHOICE, EMPTY_CHOICE, EMPTY_CHOICE, EMPTY_CHOICE],
    multiple: false,
    answer: "",
    tolerance: 0,
    accepted: [""],
    items: ["", "", ""],
  };
}

/** Nothing in it that could be seen. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Cf}]/u.test(text);
}

/** The places of the lines that count: those left blank are left out of the quiz. */
export function filledPlaces(lines: readonly string[]): number[] {
  return lines.flatMap((line, place) => (isBlank(line) ? [] : [place]));
}

export function textsOf(choices: readonly ChoiceDraft[]): string[] {
  return choices.map(({ text }) => text);
}

export function fromQuiz(quiz: Quiz): QuizDraft {
  return {
    title: quiz.title,
    language: quiz.language,
    rounds: quiz.rounds.map(({ title, questions }) => ({
      key: newKey(),
      title,
      questions: questions.map(fromQuestion),
    })),
  };
}

function fromQuestion(question: Question): QuestionDraft {
  const { text, time_limit, points, explanation, image } = question;
  const empty = emptyQuestion(question.type);
  const shared = { ...empty, text, timeLimit: time_limit, points, explanation: explanation ?? "", image: image ?? "" };
  switch (question.type) {
    case "choice":
      return { ...shared, choices: question.choices, multiple: question.multiple };
    case "numeric":
      return { ...shared, answer: question.answer, tolerance: question.tolerance };
    case "text":
      return { ...shared, accepted: question.accepted };
    case "order":
      return { ...shared, items: question.items };
    case "poll":
      return { ...shared, choices: question.choices.map(({ text }) => ({ text, correct: false })) };
  }
}

/** What the service is to keep. Only to be used as such when there are no problems with it. */
export function toQuiz(draft: QuizDraft): Quiz {
  return {
    title: draft.title,
    language: draft.language.trim(),
    rounds: draft.rounds.map(({ title, questions }) => ({ title, questions: questions.map(toQuestion) })),
  };
}

function toQuestion(draft: QuestionDraft): Question {
  const shared = {
    text: draft.text,
    time_limit: draft.timeLimit === null ? null : Number(draft.timeLimit),
    points: Number(draft.points),
    explanation: isBlank(draft.explanation) ? null : draft.explanation,
    image: draft.image.trim() || null,
  };
  const choices = draft.choices.filter(({ text }) => !isBlank(text));
  switch (draft.type) {
    case "choice":
      return {
        type: "choice",
        ...shared,
        choices: choices.map(({ text, correct }) => ({ text, correct })),
        multiple: draft.multiple,
      };
    case "numeric":
      return { type: "numeric", ...shared, answer: Number(draft.answer), tolerance: Number(draft.tolerance) };
    case "text":
      return { type: "text", ...shared, accepted: draft.accepted.filter((line) => !isBlank(line)) };
    case "order":
      return { type: "order", ...shared, items: draft.items.filter((line) => !isBlank(line)) };
    case "poll":
      return { type: "poll", ...shared, choices: choices.map(({ text }) => ({ text })) };
  }
}
