import { describe, expect, it } from "vitest";
import type { ServerEvent, State } from "../messages";
import { answerAcked, follow, type Answered } from "./follow";
import recording from "./recorded-game.json";

/** One step of a recorded game: what this client was sent, and what a fresh snapshot said after it. */
interface Step {
  step: string;
  events: ServerEvent[];
  acked?: Answered & { question: number };
  fresh: State;
}

/** A whole game as the server played it, as one player, the host and a screen saw it. */
const GAME = recording as unknown as Record<"player" | "host" | "screen", Step[]>;

function replay(from: State, steps: Step[]): State {
  let state = from;
  for (const { events, acked } of steps) {
    for (const event of events) state = follow(state, event) ?? state;
    if (acked !== undefined) state = answerAcked(state, acked.question, acked);
  }
  return state;
}

/** Without what no event tells: the time, and for players how many are seated and that the doors were locked. */
function told({ now, ...state }: State): object {
  if (state.you === undefined) return state;
  const { version, players, you, ...rest } = state;
  const { of, result, ...own } = you;
  if (result === undefined) return { ...rest, you: own };
  const { of: _, ...earned } = result;
  return { ...rest, you: { ...own, result: earned } };
}

describe.each(["player", "host", "screen"] as const)("a %s's state", (role) => {
  const steps = GAME[role];

  it("equals a fresh snapshot after every step, whatever snapshot it began with", () => {
    for (let start = 0; start < steps.length; start++) {
      for (let end = start; end < steps.length; end++) {
        const followed = replay(steps[start]!.fresh, steps.slice(start + 1, end + 1));
        expect(told(followed), `${steps[start]!.step} … ${steps[end]!.step}`).toEqual(told(steps[end]!.fresh));
      }
    }
  });

  it("is not changed by events that its snapshot has already taken in", () => {
    steps.forEach(({ fresh }, index) => {
      const older = steps.slice(0, index).filter((step) => step.fresh.version < fresh.version);
      const events = older.flatMap((step) => step.events).filter((event) => event.name !== "state");
      for (const event of events) expect(follow(fresh, event)).toBe(fresh);
    });
  });

  it("is never changed in place", () => {
    const frozen = JSON.stringify(steps[0]!.fresh);
    replay(steps[0]!.fresh, steps);
    expect(JSON.stringify(steps[0]!.fresh)).toBe(frozen);
  });
});

describe("following events", () => {
  it("has no state before the first snapshot", () => {
    const early: ServerEvent = { name: "progress", payload: { version: 3, question: 1, answered: 1, players: 2 } };
    expect(follow(null, early)).toBeNull();
  });

  it("keeps a player's saved answer when the deadline moves", () => {
    const extended = GAME.player.find((step) => step.step === "extended")!;
    expect(extended.fresh.you?.answered).toBe(true);
    const before = GAME.player[GAME.player.indexOf(extended) - 1]!.fresh;
    expect(replay(before, [extended]).you?.answer).toEqual([0]);
  });

  it("lists a player once who was in the snapshot before the lobby event came", () => {
    const joined = GAME.host[0]!;
    expect(replay(joined.fresh, [joined]).roster).toHaveLength(1);
  });

  it("does not count answers to another question", () => {
    const open = GAME.screen.find((step) => step.step === "started")!.fresh;
    const late: ServerEvent = {
      name: "progress",
      payload: { version: open.version, question: 99, answered: 3, players: 3 },
    };
    expect(follow(open, late)?.answered).toBe(0);
  });

  it("takes an ack for the question that is shown only", () => {
    const open = GAME.player.find((step) => step.step === "started")!.fresh;
    expect(answerAcked(open, 2, { answer: [1], received_at: 1 })).toBe(open);
    expect(answerAcked(open, 1, { answer: [1], received_at: 1 }).you?.answered).toBe(true);
  });
});
