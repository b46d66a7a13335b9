/** Finding the place in a draft that the service names when it refuses a quiz. */

import { filledPlaces, textsOf, type QuestionDraft, type QuizDraft } from "./draft";

export interface Refusal {
  /** The key of the question or round; "quiz" for the quiz itself. */
  owner: string;
  field: string;
  message: string;
}

/** @param fields messages by dotted paths, as "rounds.0.questions.2.choices.1". */
export function refusalsOf(draft: QuizDraft, fields: Readonly<Record<string, string>>): Refusal[] {
  return Object.entries(fields).map(([path, message]) => {
    const [, round, question, rest = ""] = /^rounds\.(\d+)(?:\.questions\.(\d+))?\.?(.*)$/.exec(path) ?? [];
    const roundDraft = draft.rounds[Number(round)];
    if (roundDraft === undefined) return { owner: "quiz", field: path, message };
    const questionDraft = question === undefined ? undefined : roundDraft.questions[Number(question)];
    if (questionDraft === undefined) return { owner: roundDraft.key, field: rest, message };
    return { owner: questionDraft.key, field: lineField(questionDraft, rest), message };
  });
}

/** The service counts only the lines it was sent; those left blank are none of them. */
function lineField(question: QuestionDraft, field: string): string {
  const [, list, place] = /^(choices|items|accepted)\.(\d+)/.exec(field) ?? [];
  if (list === undefined) return field;
  const lines =
    list === "choices" ? textsOf(question.choices) : list === "items" ? question.items : question.accepted;
  return `${list}.${filledPlaces(lines)[Number(place)] ?? place}`;
}
