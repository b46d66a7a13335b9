/** What the service takes; see `quiz/domain/quiz.py`. Lengths in characters. */

export const TITLE_MAX = 200;
export const TEXT_MAX = 500;
export const EXPLANATION_MAX = 1000;
export const ADDRESS_MAX = 2000;
export const LINES_MIN = 2;
/** Most choices, and most items to be put in order. */
export const LINES_MAX = 8;
export const ACCEPTED_MAX = 50;
export const ROUNDS_MAX = 100;
export const QUESTIONS_MAX = 5000;
export const POINTS_DEFAULT = 1000;
export const POINTS_MAX = 2000;
/** In seconds, as all time limits. */
export const TIME_LIMIT_DEFAULT = 20;
export const TIME_LIMIT_MIN = 5;
export const TIME_LIMIT_MAX = 300;
export const NUMBER_MAX = 1e15;
