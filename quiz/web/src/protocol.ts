/**
 * What travels over Socket.IO: written by `make messages` from the service's own types. A test fails when they differ.
 *
 * A field that holds its default is left out on the wire, hence the many optional ones. Times are milliseconds since
 * the epoch in the service's clock, durations milliseconds unless a name says otherwise.
 */

/**
 * Anything of this file.
 */
export type Protocol =
  | Ahead
  | AnswerAck
  | AnswerCall
  | CallError
  | CommandAck
  | Draining
  | Entry
  | ErrorAck
  | ExtendCall
  | Finished
  | KickCall
  | Kicked
  | Lobby
  | Progress
  | QuestionEvent
  | QuestionView
  | ReadmitCall
  | Result
  | ResultView
  | Reveal
  | RevealView
  | RightAndWrong
  | RosterEntry
  | Standings
  | State
  | Table
  | TimeAck
  | TimeCall
  | VersionedCall
  | VoidCall
  | You
  | ServerEvents
  | Calls;

/**
 * Who stands right ahead of a player, and the points it takes to draw level; 0 where only time decides.
 */
export interface Ahead {
  nickname: string;
  points: number;
}
/**
 * The answer is stored (`saved`), or safe and on its way (`queued`). The same bytes for every retry.
 */
export interface AnswerAck {
  ok: true;
  status: "queued" | "saved";
  received_at: number;
}
/**
 * A player's answer. `id` is made by the client and the same on every retry.
 */
export interface AnswerCall {
  /**
   * The number in `state`.
   */
  question: number;
  answer: number[] | number | string;
  id: string;
}
/**
 * `code` is a key of the table of errors; with `retry` the same call may succeed later.
 */
export interface CallError {
  code: string;
  message: string;
  retry: boolean;
  version?: number;
}
/**
 * The command was carried out and led to `version`.
 */
export interface CommandAck {
  ok: true;
  version: number;
}
/**
 * The node goes away; reconnect at a random moment within the given time.
 */
export interface Draining {
  reconnect_within_ms: number;
  version: number;
}
/**
 * A line of the standings. Players with the same points and the same total time share a rank.
 */
export interface Entry {
  rank: number;
  nickname: string;
  points: number;
}
/**
 * The call changed nothing.
 */
export interface ErrorAck {
  ok: false;
  error: CallError;
}
/**
 * Moves the deadline of the open question.
 */
export interface ExtendCall {
  /**
   * The version of the session that the host has seen.
   */
  version: number;
  seconds: number;
}
/**
 * The game is over. `podium` holds the first three, `top` the head of the final standings.
 */
export interface Finished {
  podium: Entry[];
  of: number;
  top: Entry[];
  version: number;
}
/**
 * Takes a player's seat away, whatever the version.
 */
export interface KickCall {
  player_id: string;
}
/**
 * The seat is gone; the connection ends right after.
 */
export interface Kicked {
  reason: string;
  version: number;
}
/**
 * Who took a seat and who lost one since the last such event, by nickname.
 *
 * `seats` are those who joined with their ids, `locked` says whether new seats are refused.
 */
export interface Lobby {
  players: number;
  joined: string[];
  left: string[];
  locked: boolean;
  seats?: RosterEntry[];
  version: number;
}
/**
 * A seated player as the host sees it.
 */
export interface RosterEntry {
  player_id: string;
  nickname: string;
}
/**
 * How many of the seated players have a stored answer; at most four a second.
 */
export interface Progress {
  question: number;
  answered: number;
  players: number;
  version: number;
}
/**
 * A question opened, or its deadline moved (same `number`, new `closes_at`).
 */
export interface QuestionEvent {
  question: QuestionView;
  opens_at: number;
  closes_at: number | null;
  version: number;
}
/**
 * A question as players see it while it is open.
 *
 * `items` of an `order` question come shuffled; an answer lists indexes into this shuffled list. `number` counts from 1 over all rounds, `of` is the number of questions, `time_limit` is in seconds.
 */
export interface QuestionView {
  number: number;
  of: number;
  round: string;
  type: "choice" | "numeric" | "order" | "poll" | "text";
  text: string;
  points: number;
  time_limit: number | null;
  opens_at: number;
  closes_at: number | null;
  multiple?: boolean;
  choices?: string[];
  items?: string[];
  image?: string;
}
/**
 * Gives a player whose seat was taken away the same seat again, whatever the version, locked or not.
 */
export interface ReadmitCall {
  player_id: string;
}
/**
 * To one player after a close; the fields are those of `ResultView`.
 */
export interface Result {
  question: number;
  correct: boolean | null;
  points: number;
  total: number;
  rank: number;
  of: number;
  streak: number;
  behind: Ahead | null;
  version: number;
}
/**
 * What a question earned one player. `correct` is null for a poll and a void question.
 *
 * `behind` is who stands right ahead, null for the first.
 */
export interface ResultView {
  question: number;
  correct: boolean | null;
  points: number;
  total: number;
  rank: number;
  of: number;
  streak: number;
  behind: Ahead | null;
}
/**
 * The question closed; the fields are those of `RevealView`.
 */
export interface Reveal {
  question: number;
  correct: (number | string)[] | number;
  counts: number[] | RightAndWrong;
  answered: number;
  closed_at: number;
  explanation?: string;
  voided?: boolean;
  version: number;
}
/**
 * How many answers earned all of the points, and how many did not.
 */
export interface RightAndWrong {
  right: number;
  wrong: number;
}
/**
 * What was right, and how many answered what.
 *
 * `correct` by type: indexes (`choice`; `order`: into the shown items, in the right order), a number, the accepted texts, or an empty list for a poll. `answered` counts the stored answers, `closed_at` is when it closed. A voided question has `voided` set.
 */
export interface RevealView {
  question: number;
  correct: (number | string)[] | number;
  counts: number[] | RightAndWrong;
  answered: number;
  closed_at: number;
  explanation?: string;
  voided?: boolean;
}
/**
 * The head of the standings.
 */
export interface Standings {
  top: Entry[];
  of: number;
  version: number;
}
/**
 * A whole snapshot: enough to draw the page from nothing.
 *
 * `question`, `opens_at` and `closes_at` stand in phases `question` and `reveal`, `reveal` in `reveal`, `standings` in `standings` and `finished`, `podium` in `finished`, `you` for players. Hosts and screens get `locked`, `of` (the number of questions), `number` (of the current or last one), `voided` (question numbers), in `question` and `reveal` also `answered`; hosts the newest seats, at most 500, as `roster`, screens the same as `nicknames`.
 */
export interface State {
  phase: "finished" | "lobby" | "question" | "reveal" | "standings";
  now: number;
  title: string;
  players: number;
  question?: QuestionView;
  opens_at?: number;
  closes_at?: number;
  reveal?: RevealView;
  standings?: Table;
  podium?: Entry[];
  you?: You;
  answered?: number;
  locked?: boolean;
  of?: number;
  number?: number;
  voided?: number[];
  roster?: RosterEntry[];
  nicknames?: string[];
  version: number;
}
/**
 * The head of the standings and how many players stand in them.
 */
export interface Table {
  top: Entry[];
  of: number;
}
/**
 * The player's own part of a snapshot. `answer` is what was stored for the current question, if anything was.
 *
 * `behind` is who stands right ahead; the first have nobody there.
 */
export interface You {
  player_id: string;
  nickname: string;
  total: number;
  rank: number;
  of: number;
  streak: number;
  behind?: Ahead;
  answered?: boolean;
  answer?: number[] | number | string;
  received_at?: number;
  result?: ResultView;
}
/**
 * The service's clock, in milliseconds since the epoch.
 */
export interface TimeAck {
  ok: true;
  now: number;
}
/**
 * Asks for the service's clock.
 */
export interface TimeCall {}
/**
 * A host command that needs nothing but the version it was decided on.
 */
export interface VersionedCall {
  /**
   * The version of the session that the host has seen.
   */
  version: number;
}
/**
 * Makes a closed question count for nobody.
 */
export interface VoidCall {
  /**
   * The version of the session that the host has seen.
   */
  version: number;
  question: number;
}
/**
 * Every event the server sends, by its name.
 */
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
/**
 * What each call takes, and what acks it when it is granted.
 */
export interface Calls {
  answer: {
    payload: AnswerCall;
    ack: AnswerAck;
  };
  time: {
    payload: TimeCall;
    ack: TimeAck;
  };
  start: {
    payload: VersionedCall;
    ack: CommandAck;
  };
  next: {
    payload: VersionedCall;
    ack: CommandAck;
  };
  close: {
    payload: VersionedCall;
    ack: CommandAck;
  };
  lock: {
    payload: VersionedCall;
    ack: CommandAck;
  };
  unlock: {
    payload: VersionedCall;
    ack: CommandAck;
  };
  end: {
    payload: VersionedCall;
    ack: CommandAck;
  };
  extend: {
    payload: ExtendCall;
    ack: CommandAck;
  };
  kick: {
    payload: KickCall;
    ack: CommandAck;
  };
  readmit: {
    payload: ReadmitCall;
    ack: CommandAck;
  };
  void: {
    payload: VoidCall;
    ack: CommandAck;
  };
}

/** Most seats listed in one snapshot, and kept from the events after it. */
export const ROSTER_MAX = 500;

export const EVENT_NAMES = [
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
] as const;
