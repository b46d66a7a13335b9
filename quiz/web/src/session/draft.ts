/** What a player has typed, picked or put in order and not sent yet: a reload in between loses nothing of it. */

import type { DeviceStorage } from "./device-storage";

export class Draft {
  readonly #storage: DeviceStorage;
  readonly #key: string;

  /** @param seat the player's id. */
  constructor(seat: string, storage: DeviceStorage) {
    this.#storage = storage;
    this.#key = `draft.${seat}`;
  }

  /** What was kept for that question, whatever it is; null if nothing was. */
  of(question: number): unknown {
    const kept = this.#storage.read(this.#key) as { question?: unknown; content?: unknown } | null;
    return kept?.question === question ? (kept.content ?? null) : null;
  }

  /** Keeps it in place of what was kept before: there is one open question at a time. */
  keep(question: number, content: unknown): void {
    this.#storage.write(this.#key, { question, content });
  }
}

/** A draft as a text; empty if it is none. */
export function draftText(draft: unknown): string {
  return typeof draft === "string" ? draft : "";
}

/** A draft as indexes of `count` things, none twice; null if it is nothing of the kind. */
export function draftIndexes(draft: unknown, count: number): number[] | null {
  if (!Array.isArray(draft)) return null;
  const fits = draft.every((index) => Number.isInteger(index) && index >= 0 && index < count);
  return fits && new Set(draft).size === draft.length ? draft : null;
}
