/** What travels over Socket.IO, by the names the pages use; the shapes are those of `protocol.ts`. */

import type { AnswerCall, Calls as CallTable, ErrorAck, QuestionView, ServerEvents, State } from "./protocol";

export type {
  Ahead,
  Entry,
  Finished,
  Lobby,
  Progress,
  QuestionEvent,
  QuestionView,
  Result,
  ResultView,
  Reveal,
  RevealView,
  RosterEntry,
  ServerEvents,
  Standings,
  State,
  Table,
  You,
} from "./protocol";
export { EVENT_NAMES, ROSTER_MAX } from "./protocol";

/** Milliseconds: since the epoch for an instant, plain for a duration. */
export type Millis = number;

export type PhaseName = State["phase"];
export type QuestionType = QuestionView["type"];

/** Indexes for `choice`, `poll` and `order`, a number, or a text. */
export type Answer = AnswerCall["answer"];

export type EventName = keyof ServerEvents;

/** A server event together with its name. */
export type ServerEvent = { [Name in EventName]: { name: Name; payload: ServerEvents[Name] } }[EventName];

export type CallName = keyof CallTable;

/** What each call takes, undefined for nothing, and what its ack carries when it is granted. */
export type Calls = {
  [Name in CallName]: {
    payload: keyof CallTable[Name]["payload"] extends never ? undefined : CallTable[Name]["payload"];
    ack: Omit<CallTable[Name]["ack"], "ok">;
  };
};

export type RefusedAck = ErrorAck;

export type Ack<Body> = ({ ok: true } & Body) | RefusedAck;
