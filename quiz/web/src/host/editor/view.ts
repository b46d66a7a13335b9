/** A question as players would see it. */

import type { QuestionView } from "../../messages";
import { isBlank, textsOf, type QuestionDraft, type QuizDraft } from "./draft";
import { placeOf, questionsOf } from "./operations";

/**
 * @param empty what stands for a line that is not written yet.
 * @param picture its address; empty for none.
 */
export function viewOf(draft: QuizDraft, question: QuestionDraft, empty: string, picture = ""): QuestionView {
  const all = questionsOf(draft);
  const place = placeOf(draft, question.key);
  const timed = typeof question.timeLimit === "number" ? question.timeLimit : null;
  const view: QuestionView = {
    number: all.findIndex(({ key }) => key === question.key) + 1,
    of: all.length,
    round: draft.rounds[place?.round ?? 0]?.title ?? "",
    type: question.type,
    text: isBlank(question.text) ? empty : question.text,
    points: question.type !== "poll" && typeof question.points === "number" ? question.points : 0,
    time_limit: timed,
    opens_at: 0,
    closes_at: timed === null ? null : timed * 1000,
    multiple: question.type === "choice" && question.multiple,
  };
  if (picture !== "") view.image = picture;
  if (question.type === "choice" || question.type === "poll") view.choices = shown(textsOf(question.choices), empty);
  // Players see the items in another order than the right one; any will do.
  if (question.type === "order") view.items = shown(question.items, empty).reverse();
  return view;
}

/** Lines left blank are left out of the quiz; two are shown at least, as there have to be so many. */
function shown(lines: readonly string[], empty: string): string[] {
  const written = lines.filter((line) => !isBlank(line));
  return written.length >= 2 ? written : [...written, empty, empty].slice(0, 2);
}
