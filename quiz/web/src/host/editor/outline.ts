/** The lines of a quiz's outline: its rounds and their questions, from top to bottom. */

import type { QuestionDraft, QuizDraft, RoundDraft } from "./draft";

export type Line =
  | { kind: "round"; key: string; round: RoundDraft; number: number }
  | { kind: "question"; key: string; question: QuestionDraft; number: number };

/** Rounds and questions are numbered from 1, questions throughout the quiz. */
export function outlineOf(draft: QuizDraft): Line[] {
  let number = 0;
  return draft.rounds.flatMap((round, index): Line[] => [
    { kind: "round", key: round.key, round, number: index + 1 },
    ...round.questions.map((question): Line => {
      number += 1;
      return { kind: "question", key: question.key, question, number };
    }),
  ]);
}

export interface Spot {
  /** The key of a round. */
  round: string;
  /** Where in it, before anything is taken out. */
  index: number;
}

/** Where a question lands that is let go before or behind the line with that key. Behind a round's line is its top. */
export function spotAt(draft: QuizDraft, key: string, behind: boolean): Spot | null {
  for (const [place, round] of draft.rounds.entries()) {
    if (round.key === key) {
      const before = draft.rounds[place - 1];
      if (behind || before === undefined) return { round: round.key, index: 0 };
      return { round: before.key, index: before.questions.length };
    }
    const index = round.questions.findIndex((question) => question.key === key);
    if (index >= 0) return { round: round.key, index: index + (behind ? 1 : 0) };
  }
  return null;
}
