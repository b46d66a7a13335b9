/** Quizzes for tests. */

import type { Question, Quiz } from "../../api/quizzes";

const SHARED = { time_limit: 20, points: 1000, explanation: null, image: null };

export const QUESTIONS: Record<Question["type"], Question> = {
  choice: {
    type: "choice",
    text: "Capital of France?",
    ...SHARED,
    choices: [
      { text: "Paris", correct: true },
      { text: "Lyon", correct: false },
    ],
    multiple: false,
  },
  numeric: { type: "numeric", text: "First on the Moon?", ...SHARED, answer: 1969, tolerance: 2 },
  text: { type: "text", text: "Capital of Iceland?", ...SHARED, accepted: ["Reykjavík", "Reykjavik"] },
  order: { type: "order", text: "Smallest first", ...SHARED, items: ["atom", "cell", "cat"] },
  poll: { type: "poll", text: "Tea?", ...SHARED, choices: [{ text: "Yes" }, { text: "No" }] },
};

export function quizOf(...questions: Question[]): Quiz {
  return { title: "A quiz", language: "en", rounds: [{ title: "Round 1", questions }] };
}

export function titled(title: string): Quiz {
  return { ...quizOf(QUESTIONS.choice), title };
}
