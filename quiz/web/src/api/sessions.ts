/** Sessions: finding and joining one as a player, making and running one as a quiz master. */

import type { PhaseName } from "../messages";
import { download, request } from "./request";

export interface SessionInfo {
  pin: string;
  title: string;
  phase: PhaseName;
  locked: boolean;
}

export interface Joined {
  player_id: string;
  token: string;
  nickname: string;
  affinity: string;
}

/** What a host's browser needs to run a session and to show it. */
export interface HostPass {
  pin: string;
  host_token: string;
  screen_token: string;
  affinity: string;
  join_url: string;
}

export interface SessionItem {
  id: string;
  pin: string;
  title: string;
  phase: PhaseName;
  /** Milliseconds since the epoch. */
  created_at: number;
  players: number;
}

export interface StandingsPage {
  total: number;
  items: { rank: number; player_id: string; nickname: string; points: number; correct: number }[];
}

export interface Page<Item> {
  items: Item[];
  next?: string | null;
}

export type ResultsFormat = "json" | "csv" | "xlsx";

export function findSession(pin: string): Promise<SessionInfo> {
  return request(`/sessions/${encodeURIComponent(pin)}`);
}

/** @param id the same on every retry, which then gets the same seat. */
export function joinSession(pin: string, nickname: string, id: string): Promise<Joined> {
  return request(`/sessions/${encodeURIComponent(pin)}/players`, { method: "POST", json: { nickname, id } });
}

/** Address of the QR code that leads to joining. */
export function qrAddress(pin: string): string {
  return `/api/v1/sessions/${encodeURIComponent(pin)}/qr.svg`;
}

export function createSession(token: string, quizId: string): Promise<HostPass & { id: string }> {
  return request("/sessions", { method: "POST", token, json: { quiz_id: quizId } });
}

/** Own sessions, newest first. */
export function listSessions(token: string, cursor?: string): Promise<Page<SessionItem>> {
  return request("/sessions", { token, query: { limit: 20, cursor } });
}

/** New tokens for a session of one's own, so that it can be run from this browser. */
export function takeOver(token: string, sessionId: string): Promise<HostPass> {
  return request(`/sessions/${encodeURIComponent(sessionId)}/tokens`, { method: "POST", token });
}

/** The first players of the standings, at most 500 at once. */
export function fetchStandings(token: string, sessionId: string, limit: number): Promise<StandingsPage> {
  return request(`/sessions/${encodeURIComponent(sessionId)}/standings`, { token, query: { limit } });
}

export function fetchResults(token: string, sessionId: string, format: ResultsFormat): Promise<Blob> {
  return download(`/sessions/${encodeURIComponent(sessionId)}/results`, { token, query: { format } });
}

/** How many bots are seated, and how many a game takes. */
export function countBots(token: string, sessionId: string): Promise<{ players: number; most: number }> {
  return request(`/sessions/${encodeURIComponent(sessionId)}/bots`, { token });
}

/** Seats more bots, which play by themselves. */
export function addBots(token: string, sessionId: string, players: number): Promise<{ seated: number }> {
  return request(`/sessions/${encodeURIComponent(sessionId)}/bots`, { method: "POST", token, json: { players } });
}

/** Removes all bots. */
export function removeBots(token: string, sessionId: string): Promise<{ removed: number }> {
  return request(`/sessions/${encodeURIComponent(sessionId)}/bots`, { method: "DELETE", token });
}
