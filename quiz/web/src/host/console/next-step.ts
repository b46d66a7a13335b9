/** The one thing a host would do next. */

import type { Key } from "../../i18n/translate";
import type { PhaseName } from "../../messages";

export interface NextStep {
  command: "start" | "close" | "next";
  label: Key;
}

/**
 * @param last number of the question that was open last; 0 before the first.
 * @param questions how many questions the quiz has.
 */
export function nextStep(phase: PhaseName, last: number, questions: number): NextStep | null {
  switch (phase) {
    case "lobby":
      return { command: "start", label: "console.start" };
    case "question":
      return { command: "close", label: "console.close_question" };
    case "reveal":
      return { command: "next", label: "console.show_standings" };
    case "standings":
      return { command: "next", label: last < questions ? "console.next_question" : "console.finish" };
    case "finished":
      return null;
  }
}

/** Numbers of the questions that are over, ascending. The one that was open when a game was ended is over too. */
export function closedQuestions(phase: PhaseName, last: number): number[] {
  return Array.from({ length: phase === "question" ? last - 1 : last }, (_, index) => index + 1);
}
