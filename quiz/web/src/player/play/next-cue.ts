/** Which moments of a game are signalled to a player. */

import type { State } from "../../messages";
import type { Delivery } from "../../session/delivery";
import type { Cue } from "./cues";
import { resultOf, verdict } from "./verdict";

export interface Moment {
  /** What the moment is called, so that a page drawn again does not signal it again. */
  name: string;
  cue: Cue;
}

/** The last moment there was, null before the first. */
export function moment(state: State | null, delivery: Delivery): Moment | null {
  if (state?.question === undefined) return null;
  const { number, type } = state.question;
  if (state.phase === "question") {
    const saved = delivery.step === "saved" || delivery.step === "queued";
    return saved && delivery.question === number
      ? { name: `saved ${number}`, cue: "saved" }
      : { name: `open ${number}`, cue: "open" };
  }
  const { reveal, you } = state;
  if (state.phase !== "reveal" || reveal === undefined || you === undefined || resultOf(reveal, you) === null) {
    return null;
  }
  const outcome = verdict(reveal, you, type !== "poll");
  const won = outcome === "correct" || outcome === "partly" || outcome === "poll";
  return outcome === "voided" ? null : { name: `result ${number}`, cue: won ? "right" : "wrong" };
}
