/** The quiz master's quizzes. */

import { request } from "./request";
import type { Page } from "./sessions";

export interface QuizItem {
  id: string;
  title: string;
  language: string;
  questions: number;
  /** Milliseconds since the epoch. */
  updated_at: number;
}

export type ImportFormat = "kahoot_xlsx" | "opentriviaqa" | "csv" | "gift" | "json";

export interface ImportReport {
  id: string;
  /** Number of questions taken over. */
  imported: number;
  skipped: { line: number; reason: string }[];
}

export function listQuizzes(token: string, cursor?: string): Promise<Page<QuizItem>> {
  return request("/quizzes", { token, query: { limit: 50, cursor } });
}

export function importQuiz(token: string, file: Blob, format: ImportFormat, title?: string): Promise<ImportReport> {
  return request("/quizzes/import", { method: "POST", token, body: file, query: { format, title } });
}
