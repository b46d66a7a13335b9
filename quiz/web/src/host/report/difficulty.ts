/** How hard questions were, and their order by it. */

import type { QuestionReport } from "../../api/reports";

export type Difficulty = "easy" | "medium" | "hard";

/** Right shares from which a question was easy, and below which it was hard. */
const EASY = 0.75;
const HARD = 0.4;

export type Sorting = "played" | "hardest";

/** Null where nothing can be right, or nobody answered. */
export function difficulty({ right_share }: Pick<QuestionReport, "right_share">): Difficulty | null {
  if (right_share === null) return null;
  if (right_share >= EASY) return "easy";
  return right_share < HARD ? "hard" : "medium";
}

/** Questions without a right share come last; those as hard as each other stay in the order of play. */
export function sorted(questions: readonly QuestionReport[], by: Sorting): QuestionReport[] {
  if (by === "played") return [...questions];
  return [...questions].sort((one, other) => (one.right_share ?? 2) - (other.right_share ?? 2));
}
