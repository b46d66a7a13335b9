/** The service's copy of one quiz. */

import { readQuiz, replaceQuiz } from "../../api/quizzes";
import type { QuizService } from "./autosave";
import { fromQuiz, toQuiz } from "./draft";

export function quizService(token: string, id: string): QuizService {
  return {
    async read() {
      const { quiz, etag } = await readQuiz(token, id);
      // Written the way drafts are, so that two that mean the same can be compared.
      return { quiz: toQuiz(fromQuiz(quiz)), etag };
    },
    replace: (version) => replaceQuiz(token, id, version),
  };
}
