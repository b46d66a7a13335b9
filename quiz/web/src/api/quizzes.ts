/** The quiz master's quizzes. */

import { command, download, request, requestTagged } from "./request";
import type { Page } from "./sessions";

export interface QuizItem {
  id: string;
  title: string;
  language: string;
  questions: number;
  /** Milliseconds since the epoch. */
  updated_at: number;
}

interface QuestionBase {
  text: string;
  /** In seconds; null for none. */
  time_limit: number | null;
  points: number;
  explanation: string | null;
  image: string | null;
}

/** A question as the service keeps it, with what is right. */
export type Question = QuestionBase &
  (
    | { type: "choice"; choices: { text: string; correct: boolean }[]; multiple: boolean }
    | { type: "numeric"; answer: number; tolerance: number }
    | { type: "text"; accepted: string[] }
    | { type: "order"; items: string[] }
    | { type: "poll"; choices: { text: string }[] }
  );

export interface Quiz {
  title: string;
  /** A BCP 47 tag. */
  language: string;
  rounds: { title: string; questions: Question[] }[];
}

/** A quiz as it was when the service gave it that tag. */
export interface QuizVersion {
  quiz: Quiz;
  etag: string;
}

export type ImportFormat = "kahoot_xlsx" | "opentriviaqa" | "csv" | "gift" | "json";
export type ExportFormat = "json" | "csv";

export interface ImportReport {
  id: string;
  /** Number of questions taken over. */
  imported: number;
  skipped: { line: number; reason: string }[];
}

export function listQuizzes(token: string, cursor?: string): Promise<Page<QuizItem>> {
  return request("/quizzes", { token, query: { limit: 50, cursor } });
}

/** @returns the id of the new quiz. */
export async function addQuiz(token: string, quiz: Quiz): Promise<string> {
  const { id } = await request<{ id: string }>("/quizzes", { method: "POST", token, json: quiz });
  return id;
}

export async function readQuiz(token: string, id: string): Promise<QuizVersion> {
  const { body, etag } = await requestTagged<Quiz>(pathOf(id), { token });
  return { quiz: body, etag };
}

/**
 * Puts `quiz` in the place of the version with that tag.
 *
 * @returns the tag of the new version.
 * @throws {ApiError} with status 412 when the quiz has been changed since.
 */
export async function replaceQuiz(token: string, id: string, { quiz, etag }: QuizVersion): Promise<string> {
  return (await requestTagged(pathOf(id), { method: "PUT", token, json: quiz, ifMatch: etag })).etag;
}

export function deleteQuiz(token: string, id: string): Promise<void> {
  return command(pathOf(id), { method: "DELETE", token });
}

export function exportQuiz(token: string, id: string, format: ExportFormat): Promise<Blob> {
  return download(`${pathOf(id)}/export`, { token, query: { format } });
}

export function importQuiz(token: string, file: Blob, format: ImportFormat, title?: string): Promise<ImportReport> {
  return request("/quizzes/import", { method: "POST", token, body: file, query: { format, title } });
}

function pathOf(id: string): string {
  return `/quizzes/${encodeURIComponent(id)}`;
}
