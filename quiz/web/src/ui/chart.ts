/** What a chart of answers shows. */

import { t } from "../i18n/translate";
import type { QuestionView, RevealView } from "../messages";

export interface Bar {
  /** Index of the choice; null for the bars "right" and "wrong". */
  choice: number | null;
  label: string;
  count: number;
  /** Null where nothing is right or wrong: polls. */
  right: boolean | null;
  /** Share of the longest bar, 0 to 1. */
  length: number;
}

export function bars(question: QuestionView, { correct, counts }: RevealView): Bar[] {
  if (!Array.isArray(counts)) {
    return withLengths([
      { choice: null, label: t("chart.right"), count: counts.right, right: true },
      { choice: null, label: t("chart.wrong"), count: counts.wrong, right: false },
    ]);
  }
  const right = new Set(correct as number[]);
  return withLengths(
    (question.choices ?? []).map((label, choice) => ({
      choice,
      label,
      count: counts[choice] ?? 0,
      right: question.type === "poll" ? null : right.has(choice),
    })),
  );
}

function withLengths(rows: Omit<Bar, "length">[]): Bar[] {
  const longest = Math.max(1, ...rows.map((row) => row.count));
  return rows.map((row) => ({ ...row, length: row.count / longest }));
}
