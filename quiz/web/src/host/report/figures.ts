/** Figures of a report in the words of the language spoken. */

import type { QuestionReport } from "../../api/reports";
import { language } from "../../i18n/translate";

export function formatShare(share: number): string {
  return new Intl.NumberFormat(language(), { style: "percent" }).format(share);
}

export function formatSeconds(ms: number): string {
  const format = new Intl.NumberFormat(language(), { style: "unit", unit: "second", maximumFractionDigits: 1 });
  return format.format(ms / 1000);
}

/** What was right where it is not one of the choices, in one line for each text or item. */
export function rightTexts({ correct, tolerance }: QuestionReport): string[] {
  if (typeof correct !== "number") return correct.map(String);
  const number = answerText(correct);
  return [tolerance ? `${number} ± ${answerText(tolerance)}` : number];
}

/** Numbers of four digits are years more often than not, and stand without a sign for the thousand. */
export function answerText(answer: string | number): string {
  if (typeof answer === "string") return answer;
  const useGrouping = Math.abs(answer) >= 10_000;
  return new Intl.NumberFormat(language(), { useGrouping, maximumFractionDigits: 10 }).format(answer);
}
