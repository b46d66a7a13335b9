/** How a question ended for one player. */

import { t } from "../../i18n/translate";
import type { ResultView, RevealView, State, You } from "../../messages";

export type Verdict = "correct" | "partly" | "wrong" | "none" | "poll" | "voided" | "waiting";

/** @param scored false for a poll. */
export function verdict(reveal: RevealView, you: You, scored: boolean): Verdict {
  const result = resultOf(reveal, you);
  if (reveal.voided) return "voided";
  if (!scored) return you.answered ? "poll" : "none";
  if (result === null) return "waiting";
  if (result.correct) return "correct";
  if (result.points > 0) return "partly";
  return you.answered ? "wrong" : "none";
}

/** The player's result for the question shown; null until it has come. */
export function resultOf(reveal: RevealView, { result }: You): ResultView | null {
  return result?.question === reveal.question ? result : null;
}

/** The player's result as a sentence for those who hear the page; empty while there is none. */
export function spokenResult({ phase, question, reveal, you }: State): string {
  if (phase !== "reveal" || question === undefined || reveal === undefined || you === undefined) return "";
  const result = resultOf(reveal, you);
  const outcome = verdict(reveal, you, question.type !== "poll");
  if (result === null || outcome === "poll") return "";
  const { points, total, rank, of } = result;
  return t("result.spoken", { verdict: t(`result.${outcome}`), points, total, rank, of });
}
