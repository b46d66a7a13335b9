/** What can be done to a draft. Each operation gives a new draft, or the same one when it changes nothing. */

import { newKey, type QuestionDraft, type QuizDraft, type RoundDraft } from "./draft";
import { inserted, moved, without } from "./lines";

/** Where a question stands, by indexes. */
export interface Place {
  round: number;
  question: number;
}

export function placeOf(draft: QuizDraft, key: string): Place | null {
  for (const [round, { questions }] of draft.rounds.entries()) {
    const question = questions.findIndex((each) => each.key === key);
    if (question >= 0) return { round, question };
  }
  return null;
}

export function questionOf(draft: QuizDraft, key: string): QuestionDraft | null {
  const place = placeOf(draft, key);
  return place && (draft.rounds[place.round]?.questions[place.question] ?? null);
}

export function questionsOf(draft: QuizDraft): QuestionDraft[] {
  return draft.rounds.flatMap(({ questions }) => questions);
}

export function changeQuestion(draft: QuizDraft, key: string, change: Partial<QuestionDraft>): QuizDraft {
  const place = placeOf(draft, key);
  if (place === null) return draft;
  return withQuestions(draft, place.round, (questions) =>
    questions.map((question) => (question.key === key ? { ...question, ...change } : question)),
  );
}

/** Adds a question behind the one with the key `after`, or as the last of the round with that key. */
export function addQuestion(draft: QuizDraft, after: string, question: QuestionDraft): QuizDraft {
  const place = placeOf(draft, after);
  if (place !== null) {
    return withQuestions(draft, place.round, (all) => inserted(all, place.question + 1, question));
  }
  const round = draft.rounds.findIndex(({ key }) => key === after);
  return withQuestions(draft, round, (all) => [...all, question]);
}

/** @param copy what the key of the new question will be. */
export function duplicateQuestion(draft: QuizDraft, key: string, copy: string = newKey()): QuizDraft {
  const question = questionOf(draft, key);
  return question === null ? draft : addQuestion(draft, key, { ...question, key: copy });
}

export function removeQuestion(draft: QuizDraft, key: string): QuizDraft {
  const place = placeOf(draft, key);
  if (place === null) return draft;
  return withQuestions(draft, place.round, (questions) => without(questions, place.question));
}

/** One further up (-1) or down (1), at the end of a round over into the next one. */
export function moveQuestion(draft: QuizDraft, key: string, by: -1 | 1): QuizDraft {
  const place = placeOf(draft, key);
  if (place === null) return draft;
  const round = draft.rounds[place.round]!;
  if (round.questions[place.question + by] !== undefined) {
    return withQuestions(draft, place.round, (questions) => moved(questions, place.question, by));
  }
  const next = draft.rounds[place.round + by];
  return next === undefined ? draft : moveQuestionTo(draft, key, next.key, by === 1 ? 0 : next.questions.length);
}

/** @param index where in that round, counted before the question is taken out of where it was. */
export function moveQuestionTo(draft: QuizDraft, key: string, round: string, index: number): QuizDraft {
  const place = placeOf(draft, key);
  const target = draft.rounds.findIndex((each) => each.key === round);
  if (place === null || target < 0) return draft;
  const later = place.round === target && place.question < index ? 1 : 0;
  if (place.round === target && place.question === index - later) return draft;
  const question = draft.rounds[place.round]!.questions[place.question]!;
  return withQuestions(removeQuestion(draft, key), target, (questions) => inserted(questions, index - later, question));
}

/** Adds a round behind the last. */
export function addRound(draft: QuizDraft, round: RoundDraft): QuizDraft {
  return { ...draft, rounds: [...draft.rounds, round] };
}

export function renameRound(draft: QuizDraft, key: string, title: string): QuizDraft {
  return { ...draft, rounds: draft.rounds.map((round) => (round.key === key ? { ...round, title } : round)) };
}

/** Removes a round with its questions. */
export function removeRound(draft: QuizDraft, key: string): QuizDraft {
  const rounds = draft.rounds.filter((round) => round.key !== key);
  return rounds.length === draft.rounds.length ? draft : { ...draft, rounds };
}

export function moveRound(draft: QuizDraft, key: string, by: -1 | 1): QuizDraft {
  const place = draft.rounds.findIndex((round) => round.key === key);
  return draft.rounds[place + by] === undefined || place < 0
    ? draft
    : { ...draft, rounds: moved(draft.rounds, place, by) };
}

type Questions = readonly QuestionDraft[];

function withQuestions(draft: QuizDraft, round: number, change: (questions: Questions) => Questions): QuizDraft {
  if (draft.rounds[round] === undefined) return draft;
  const rounds = draft.rounds.map((each, index) =>
    index === round ? { ...each, questions: change(each.questions) } : each,
  );
  return { ...draft, rounds };
}
