/**
 * The state of a session as this page knows it: a snapshot, and the events after it, give what a fresh snapshot would.
 *
 * What no event tells is left as the last snapshot had it: `now`, and for players how many others are seated.
 */

import {
  ROSTER_MAX,
  type Finished,
  type Lobby,
  type PhaseName,
  type Progress,
  type QuestionEvent,
  type Result,
  type Reveal,
  type ServerEvent,
  type State,
  type Table,
  type You,
} from "../messages";

/** The state after `event`. Nothing but a snapshot makes a state, and an event older than the state changes nothing. */
export function follow(state: State | null, event: ServerEvent): State | null {
  if (event.name === "state") return event.payload;
  if (state === null || event.payload.version < state.version) return state;
  switch (event.name) {
    case "question":
      return questionOpened(state, event.payload);
    case "reveal":
      return questionClosed(state, event.payload);
    case "standings":
      return betweenQuestions(state, event.payload.version, "standings", event.payload);
    case "finished":
      return finished(state, event.payload);
    case "result":
      return ownResult(state, event.payload);
    case "progress":
      return progressed(state, event.payload);
    case "lobby":
      return seatsChanged(state, event.payload);
    case "kicked":
    case "draining":
      return { ...state, version: event.payload.version };
  }
}

/** The state once the server has acked this player's answer; no event tells a player so. */
export function answerAcked(state: State, question: number, { answer, received_at }: Answered): State {
  if (state.you === undefined || state.question?.number !== question) return state;
  return { ...state, you: { ...state.you, answered: true, answer, received_at } };
}

export type Answered = Required<Pick<You, "answer" | "received_at">>;

function questionOpened(state: State, event: QuestionEvent): State {
  const moved = state.phase === "question" && state.question?.number === event.question.number;
  const after = timed(moved ? state : cleared(state), event.opens_at, event.closes_at);
  after.version = event.version;
  after.phase = "question";
  after.question = event.question;
  if (!moved) {
    if (after.you !== undefined) after.you = unanswered(after.you, "result");
    if (isStaff(state)) after.answered = 0;
  }
  if (isStaff(state)) after.number = event.question.number;
  return after;
}

function questionClosed(state: State, event: Reveal): State {
  const { version, ...reveal } = event;
  const after: State = { ...state, version, phase: "reveal", reveal, closes_at: event.closed_at };
  if (state.question !== undefined) after.question = { ...state.question, closes_at: event.closed_at };
  if (state.answered !== undefined) after.answered = event.answered;
  return after;
}

function betweenQuestions(state: State, version: number, phase: PhaseName, { top, of }: Table): State {
  const after: State = { ...cleared(state), version, phase, standings: { top, of } };
  if (after.you !== undefined) after.you = unanswered(after.you);
  return after;
}

function finished(state: State, event: Finished): State {
  return { ...betweenQuestions(state, event.version, "finished", event), podium: event.podium };
}

function ownResult(state: State, event: Result): State {
  const { version, ...result } = event;
  if (state.you === undefined) return { ...state, version };
  const { total, rank, of, streak, behind } = result;
  const { behind: _, ...you } = state.you;
  const after: You = { ...you, total, rank, of, streak, result };
  if (behind !== null) after.behind = behind;
  return { ...state, version, you: after };
}

function progressed(state: State, event: Progress): State {
  const after: State = { ...state, version: event.version, players: event.players };
  if (state.question?.number === event.question) after.answered = event.answered;
  return after;
}

function seatsChanged(state: State, event: Lobby): State {
  const { version, players, locked } = event;
  const after: State = { ...state, version, players, locked };
  const left = new Set(event.left);
  if (state.roster !== undefined) {
    const kept = state.roster.filter((seat) => !left.has(seat.nickname));
    after.roster = newest(kept, event.seats ?? [], (seat) => seat.player_id);
  }
  if (state.nicknames !== undefined) {
    const kept = state.nicknames.filter((nickname) => !left.has(nickname));
    after.nicknames = newest(kept, event.joined, (nickname) => nickname);
  }
  return after;
}

/** Old and new seats together. A seat in both (it was in the snapshot already) is listed once. */
function newest<Seat>(old: Seat[], joined: Seat[], key: (seat: Seat) => string): Seat[] {
  const known = new Set(old.map(key));
  return [...old, ...joined.filter((seat) => !known.has(key(seat)))].slice(-ROSTER_MAX);
}

/** Only hosts and screens are told whether seats are closed. */
function isStaff(state: State): boolean {
  return state.locked !== undefined;
}

function timed(state: State, opens_at: number, closes_at: number | null): State {
  const { closes_at: _, ...rest } = state;
  return closes_at === null ? { ...rest, opens_at } : { ...rest, opens_at, closes_at };
}

/** Without what belongs to one question or one table. */
function cleared(state: State): State {
  const { question, opens_at, closes_at, reveal, standings, podium, answered, ...rest } = state;
  return rest;
}

function unanswered(you: You, ...also: "result"[]): You {
  const { answered, answer, received_at, ...rest } = you;
  for (const field of also) delete rest[field];
  return rest;
}
