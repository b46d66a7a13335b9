/**
 * What travels over Socket.IO, mirroring `quiz/domain/messages.py`.
 *
 * A field that holds its default is left out on the wire, hence the many optional ones. Times are milliseconds since
 * the epoch in the service's clock, durations milliseconds unless a name says otherwise.
 */

/** Milliseconds: since the epoch for an instant, plain for a duration. */
export type Millis = number;

export type PhaseName = "lobby" | "question" | "reveal" | "standings" | "finished";

export type QuestionType = "choice" | "numeric" | "text" | "order" | "poll";

/** Indexes for `choice`, `poll` and `order`, a number, or a text. */
export type Answer = number[] | number | string;

/** Answers by choice, or for the other types how many were right and wrong. */
export type Counts = number[] | { right: number; wrong: number };

/** Most seats listed in one snapshot, and kept from the events after it. */
export const ROSTER_MAX = 500;

/**
 * A question as players see it while it is open. `items` of an `order` question come shuffled; an answer lists indexes
 * into them. `number` counts from 1 over all rounds, `time_limit` is in seconds.
 */
export interface QuestionView {
  number: number;
  of: number;
  round: string;
  type: QuestionType;
  text: string;
  points: number;
  time_limit: number | null;
  opens_at: Millis;
  closes_at: Millis | null;
  multiple?: boolean;
  choices?: string[];
  items?: string[];
  image?: string;
}

/** A line of the standings. */
export interface Entry {
  rank: number;
  nickname: string;
  points: number;
}

/** The head of the standings and how many players stand in them. */
export interface Table {
  top: Entry[];
  of: number;
}

/**
 * What was right: indexes (`choice`; `order`: into the shown items, in the right order), a number, the accepted texts,
 * or an empty list for a poll.
 */
export interface RevealView {
  question: number;
  correct: number[] | number | string[];
  counts: Counts;
  answered: number;
  closed_at: Millis;
  explanation?: string;
  voided?: boolean;
}

/** What a question earned one player. `correct` is null for a poll, a void question and a missing answer. */
export interface ResultView {
  question: number;
  correct: boolean | null;
  points: number;
  total: number;
  rank: number;
  of: number;
  streak: number;
}

/** The player's own part of a snapshot. `answer` is what was stored for the current question. */
export interface You {
  player_id: string;
  nickname: string;
  total: number;
  rank: number;
  of: number;
  streak: number;
  answered?: boolean;
  answer?: Answer;
  received_at?: Millis;
  result?: ResultView;
}

/** A seated player as the host sees it. */
export interface RosterEntry {
  player_id: string;
  nickname: string;
}

interface Event {
  /** The session's version that this event belongs to. */
  version: number;
}

/** A whole snapshot: enough to draw a page from nothing. */
export interface State extends Event {
  phase: PhaseName;
  now: Millis;
  title: string;
  players: number;
  question?: QuestionView;
  opens_at?: Millis;
  closes_at?: Millis;
  reveal?: RevealView;
  standings?: Table;
  podium?: Entry[];
  you?: You;
  answered?: number;
  locked?: boolean;
  /** Number of questions; hosts and screens only. */
  of?: number;
  /** Number of the current or last question, once there was one; hosts and screens only. */
  number?: number;
  /** Numbers of void questions; hosts and screens only. */
  voided?: number[];
  roster?: RosterEntry[];
  nicknames?: string[];
}

/** A question opened, or its deadline moved (same `number`, new `closes_at`). */
export interface QuestionEvent extends Event {
  question: QuestionView;
  opens_at: Millis;
  closes_at: Millis | null;
}

export interface Progress extends Event {
  question: number;
  answered: number;
  players: number;
}

export interface Reveal extends Event, RevealView {}

export interface Result extends Event, ResultView {}

export interface Standings extends Event, Table {}

/** Who took a seat and who lost one since the last such event. */
export interface Lobby extends Event {
  players: number;
  joined: string[];
  left: string[];
  locked: boolean;
  seats?: RosterEntry[];
}

export interface Finished extends Event {
  podium: Entry[];
  of: number;
  top: Entry[];
}

export interface Kicked extends Event {
  reason: string;
}

export interface Draining extends Event {
  reconnect_within_ms: Millis;
}

/** Every event the server sends, by its name. */
export interface ServerEvents {
  state: State;
  question: QuestionEvent;
  progress: Progress;
  reveal: Reveal;
  result: Result;
  standings: Standings;
  lobby: Lobby;
  finished: Finished;
  kicked: Kicked;
  draining: Draining;
}

export type EventName = keyof ServerEvents;

/** A server event together with its name. */
export type ServerEvent = { [Name in EventName]: { name: Name; payload: ServerEvents[Name] } }[EventName];

export const EVENT_NAMES: readonly EventName[] = [
  "state",
  "question",
  "progress",
  "reveal",
  "result",
  "standings",
  "lobby",
  "finished",
  "kicked",
  "draining",
];

/** Why a call was refused. `version` comes with the code `stale`. */
export interface CallError {
  code: string;
  message: string;
  retry: boolean;
  version?: number;
}

export interface RefusedAck {
  ok: false;
  error: CallError;
}

export type Ack<Body> = ({ ok: true } & Body) | RefusedAck;

/** What each call a client may make takes, and what its ack carries when it is granted. */
export interface Calls {
  time: { payload: undefined; ack: { now: Millis } };
  answer: {
    payload: { question: number; answer: Answer; id: string };
    ack: { status: "saved" | "queued"; received_at: Millis };
  };
  start: { payload: { version: number }; ack: { version: number } };
  next: { payload: { version: number }; ack: { version: number } };
  close: { payload: { version: number }; ack: { version: number } };
  lock: { payload: { version: number }; ack: { version: number } };
  unlock: { payload: { version: number }; ack: { version: number } };
  end: { payload: { version: number }; ack: { version: number } };
  extend: { payload: { version: number; seconds: number }; ack: { version: number } };
  kick: { payload: { player_id: string }; ack: { version: number } };
  void: { payload: { version: number; question: number }; ack: { version: number } };
}

export type CallName = keyof Calls;
