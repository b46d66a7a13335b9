/** Answers and what was right, in words. */

import { formatNumber } from "../i18n/translate";
import type { Answer, QuestionView, RevealView } from "../messages";
import { letterOf } from "./choice";

/** An answer as a person would say it: one line for each choice or item, in the order given. */
export function answerLines(question: QuestionView, answer: Answer): string[] {
  if (typeof answer === "number") return [formatNumber(answer)];
  if (typeof answer === "string") return [answer];
  if (question.type === "order") return pick(question.items, answer);
  const texts = question.choices ?? [];
  return answer.map((index) => `${letterOf(index)}: ${texts[index] ?? ""}`);
}

/** What was right, in the same form. Empty for a poll; of the accepted texts only the first. */
export function rightLines(question: QuestionView, { correct }: RevealView): string[] {
  if (typeof correct === "number") return [formatNumber(correct)];
  if (question.type === "text") return (correct as string[]).slice(0, 1);
  return answerLines(question, correct as number[]);
}

/** The other texts that were accepted. */
export function alsoAccepted(question: QuestionView, { correct }: RevealView): string[] {
  return question.type === "text" && Array.isArray(correct) ? (correct as string[]).slice(1) : [];
}

function pick(texts: string[] = [], indexes: number[]): string[] {
  return indexes.map((index) => texts[index] ?? "");
}
