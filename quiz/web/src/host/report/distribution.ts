/** What was answered how often: a line for each choice, or for right and wrong. */

import type { QuestionReport } from "../../api/reports";
import { t } from "../../i18n/translate";

export interface Line {
  /** Index of the choice, null for all other lines. */
  choice: number | null;
  label: string;
  count: number;
  /** Whether it is what was right; null where nothing is right or wrong. */
  right: boolean | null;
  /** Of all players, 0 to 1: with several picks each, the lines may add up to more. */
  share: number;
}

export function distribution(question: QuestionReport): Line[] {
  const lines = question.choices === null ? graded(question) : byChoice(question, question.choices);
  const silent = Math.max(0, question.players - question.answered);
  const all = silent === 0 ? lines : [...lines, line(t("report.no_answer"), silent, null)];
  const players = Math.max(1, question.players);
  return all.map((each) => ({ ...each, share: each.count / players }));
}

function byChoice({ type, counts, correct }: QuestionReport, choices: string[]): Omit<Line, "share">[] {
  const right = new Set(Array.isArray(correct) ? correct : []);
  return choices.map((label, choice) => ({
    choice,
    label,
    count: counts?.[choice] ?? 0,
    right: type === "poll" ? null : right.has(choice),
  }));
}

function graded({ right, partly, wrong }: QuestionReport): Omit<Line, "share">[] {
  const lines = [line(t("chart.right"), right, true)];
  if (partly > 0) lines.push(line(t("report.partly"), partly, null));
  return [...lines, line(t("chart.wrong"), wrong, false)];
}

function line(label: string, count: number, right: boolean | null): Omit<Line, "share"> {
  return { choice: null, label, count, right };
}
