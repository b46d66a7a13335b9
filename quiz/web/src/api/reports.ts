/** What a quiz master learns of a game when it is over. `token` is a host's or its quiz master's. */

import type { QuestionType } from "../messages";
import { request } from "./request";
import type { StandingsPage } from "./sessions";

export interface WrongAnswer {
  answer: string | number;
  count: number;
}

/** How one question went, by the answers of players who still have their seat. */
export interface QuestionReport {
  number: number;
  round: string;
  type: QuestionType;
  text: string;
  points: number;
  choices: string[] | null;
  /** Indexes into `choices`, the number, the accepted texts, or the items in their order. */
  correct: (number | string)[] | number;
  tolerance: number | null;
  /** Whether it has been asked and has closed. */
  asked: boolean;
  voided: boolean;
  players: number;
  answered: number;
  /** Answers by choice. */
  counts: number[] | null;
  right: number;
  partly: number;
  wrong: number;
  /** From 0 to 1; null where nothing can be right. */
  right_share: number | null;
  mean_response_ms: number | null;
  median_response_ms: number | null;
  points_mean: number | null;
  commonest_wrong: WrongAnswer[];
}

export interface Report {
  title: string;
  pin: string;
  /** Milliseconds since the epoch. */
  started_at: number;
  finished_at: number | null;
  players: number;
  asked: number;
  answers: number;
  right_share: number | null;
  questions: QuestionReport[];
}

export interface PlayerAnswer {
  question: number;
  text: string;
  answer: string | number;
  correct: boolean | null;
  points: number;
  response_ms: number;
}

export interface PlayerAnswers {
  player_id: string;
  nickname: string;
  rank: number | null;
  points: number;
  correct: number;
  answers: PlayerAnswer[];
}

export type PlayerLine = StandingsPage["items"][number];

export function fetchReport(token: string, sessionId: string): Promise<Report> {
  return request(`/sessions/${encodeURIComponent(sessionId)}/report`, { token });
}

export function fetchPlayerAnswers(token: string, sessionId: string, playerId: string): Promise<PlayerAnswers> {
  const path = `/sessions/${encodeURIComponent(sessionId)}/players/${encodeURIComponent(playerId)}/answers`;
  return request(path, { token });
}

/** A stretch of the standings, at most 500 players. */
export function fetchPlayers(token: string, sessionId: string, limit: number, offset: number): Promise<StandingsPage> {
  return request(`/sessions/${encodeURIComponent(sessionId)}/standings`, { token, query: { limit, offset } });
}
