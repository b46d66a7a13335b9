/** What new quizzes, rounds and questions begin with. */

import type { Quiz } from "../../api/quizzes";
import { language, t } from "../../i18n/translate";
import { emptyQuestion, newKey, toQuiz, type QuestionDraft, type QuestionType, type RoundDraft } from "./draft";

export const TYPES: readonly QuestionType[] = ["choice", "numeric", "text", "order", "poll"];

/** A type of question, or true/false: two choices that are written already. */
export type Template = QuestionType | "true_false";

export const TEMPLATES: readonly Template[] = ["choice", "true_false", "numeric", "text", "order", "poll"];

export function questionFrom(template: Template): QuestionDraft {
  if (template !== "true_false") return emptyQuestion(template);
  const choices = [
    { text: t("editor.true"), correct: true },
    { text: t("editor.false"), correct: false },
  ];
  return { ...emptyQuestion("choice"), choices };
}

/** @param number which round of its quiz it will be. */
export function newRound(number: number): RoundDraft {
  return { key: newKey(), title: t("editor.round_number", { number }), questions: [] };
}

/** The service keeps no empty quiz, so a new one has a question to be written over. */
export function newQuiz(): Quiz {
  const question = { ...questionFrom("true_false"), text: t("editor.first_question") };
  const title = t("editor.new_title");
  return toQuiz({ title, language: language(), rounds: [{ ...newRound(1), questions: [question] }] });
}

/** A quiz of the same content under a title that tells them apart. */
export function copyOf(quiz: Quiz): Quiz {
  const most = 180;
  const title = [...quiz.title].slice(0, most).join("");
  return { ...quiz, title: t("editor.copy_title", { title }) };
}
