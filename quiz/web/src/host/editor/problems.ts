/**
 * What keeps the service from taking a draft: its own rules (`quiz/domain/validation.py`), held at once and told in the
 * reader's language.
 */

import type { Key } from "../../i18n/translate";
import { filledPlaces, isBlank, textsOf, type QuestionDraft, type QuizDraft, type Typed } from "./draft";
import * as limits from "./limits";

export interface Problem {
  /** The key of the question or round it is about; "quiz" for the quiz itself. */
  owner: string;
  /** As the service names it below its owner: "text", "choices", "choices.1". */
  field: string;
  phrase: Key;
  values: Record<string, string | number>;
}

type Report = (field: string, phrase: Key, values?: Problem["values"]) => void;

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Cs}/u;
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

export function problemsOf(draft: QuizDraft): Problem[] {
  const found: Problem[] = [];
  const reporter =
    (owner: string): Report =>
    (field, phrase, values = {}) =>
      found.push({ owner, field, phrase, values });
  const quiz = reporter("quiz");
  checkText(quiz, "title", draft.title, limits.TITLE_MAX);
  if (!LANGUAGE.test(draft.language.trim())) quiz("language", "problem.language");
  if (draft.rounds.length === 0) quiz("rounds", "problem.no_rounds");
  if (draft.rounds.length > limits.ROUNDS_MAX) quiz("rounds", "problem.rounds", { most: limits.ROUNDS_MAX });
  const total = draft.rounds.reduce((sum, { questions }) => sum + questions.length, 0);
  if (total > limits.QUESTIONS_MAX) quiz("rounds", "problem.questions", { most: limits.QUESTIONS_MAX });
  for (const round of draft.rounds) {
    checkText(reporter(round.key), "title", round.title, limits.TITLE_MAX);
    if (round.questions.length === 0) reporter(round.key)("questions", "problem.no_questions");
    for (const question of round.questions) found.push(...problemsOfQuestion(question));
  }
  return found;
}

/** Kept for each question, which never changes in place: a key pressed in a long quiz is about one of them. */
const known = new WeakMap<QuestionDraft, readonly Problem[]>();

function problemsOfQuestion(question: QuestionDraft): readonly Problem[] {
  let found = known.get(question);
  if (found === undefined) {
    const problems: Problem[] = [];
    checkQuestion((field, phrase, values = {}) => problems.push({ owner: question.key, field, phrase, values }), question);
    known.set(question, (found = problems));
  }
  return found;
}

function checkQuestion(report: Report, question: QuestionDraft): void {
  checkText(report, "text", question.text, limits.TEXT_MAX);
  const { timeLimit, points, explanation, image } = question;
  if (timeLimit !== null && !isWhole(timeLimit, limits.TIME_LIMIT_MIN, limits.TIME_LIMIT_MAX)) {
    report("time_limit", "problem.whole", { least: limits.TIME_LIMIT_MIN, most: limits.TIME_LIMIT_MAX });
  }
  if (!isWhole(points, 0, limits.POINTS_MAX)) report("points", "problem.whole", { least: 0, most: limits.POINTS_MAX });
  if (!isBlank(explanation)) checkText(report, "explanation", explanation, limits.EXPLANATION_MAX);
  if (image.trim() !== "" && !isPublicAddress(image.trim())) report("image", "problem.image");
  switch (question.type) {
    case "choice":
      checkLines(report, "choices", textsOf(question.choices), limits.LINES_MIN, limits.LINES_MAX);
      return checkCorrect(report, question);
    case "poll":
      return checkLines(report, "choices", textsOf(question.choices), limits.LINES_MIN, limits.LINES_MAX);
    case "order":
      return checkLines(report, "items", question.items, limits.LINES_MIN, limits.LINES_MAX);
    case "text":
      return checkLines(report, "accepted", question.accepted, 1, limits.ACCEPTED_MAX);
    case "numeric":
      checkNumber(report, "answer", question.answer, -limits.NUMBER_MAX);
      return checkNumber(report, "tolerance", question.tolerance, 0);
  }
}

function checkCorrect(report: Report, { choices, multiple }: QuestionDraft): void {
  const filled = choices.filter(({ text }) => !isBlank(text));
  const right = filled.filter(({ correct }) => correct).length;
  for (const [place, { text, correct }] of choices.entries()) {
    if (correct && isBlank(text)) report(`choices.${place}`, "problem.blank_correct");
  }
  // Too few of them is said already.
  if (filled.length < limits.LINES_MIN) return;
  if (right === 0) report("choices", "problem.no_correct");
  if (right > 1 && !multiple) report("choices", "problem.one_correct");
}

function checkLines(report: Report, field: string, lines: readonly string[], least: number, most: number): void {
  const places = filledPlaces(lines);
  if (places.length < least) return report(field, "problem.too_few", { count: least });
  if (places.length > most) return report(field, "problem.too_many", { count: most });
  const seen = new Map<string, number>();
  for (const place of places) {
    const line = lines[place]!;
    checkText(report, `${field}.${place}`, line, limits.TEXT_MAX);
    const folded = line.trim().split(/\s+/).join(" ");
    const first = seen.get(folded);
    if (first === undefined) seen.set(folded, place);
    else report(`${field}.${place}`, "problem.same", { other: first + 1 });
  }
}

function checkNumber(report: Report, field: string, value: Typed, least: number): void {
  if (typeof value === "string") report(field, isBlank(value) ? "problem.empty" : "problem.number");
  else if (!(Math.abs(value) <= limits.NUMBER_MAX)) report(field, "problem.number_size", { most: limits.NUMBER_MAX });
  else if (value < least) report(field, "problem.negative");
}

function checkText(report: Report, field: string, text: string, most: number): void {
  const length = lengthOf(text);
  if (length > most) report(field, "problem.too_long", { length, most });
  else if (CONTROL.test(text)) report(field, "problem.control");
  else if (isBlank(text)) report(field, "problem.empty");
}

/** In characters, as the service counts them. */
export function lengthOf(text: string): number {
  return [...text].length;
}

function isWhole(value: Typed, least: number, most: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

/** The address of the question's picture where it can have one; empty otherwise. */
export function pictureOf({ image }: QuestionDraft): string {
  return isPublicAddress(image.trim()) ? image.trim() : "";
}

function isPublicAddress(address: string): boolean {
  if (lengthOf(address) > limits.ADDRESS_MAX || /[\s\p{Cc}\p{Cs}]/u.test(address)) return false;
  try {
    return /^https:\/\/[^/?#]/i.test(address) && new URL(address).hostname !== "";
  } catch {
    return false;
  }
}
