/** How a player's rank moved from one result to the next. */

import type { DeviceStorage } from "../../session/device-storage";

/** The rank after a question, and how many places it went up (or, below 0, down); null while that is not known. */
interface Standing {
  question: number;
  rank: number;
  up: number | null;
}

export class RankChange {
  readonly #storage: DeviceStorage;
  readonly #key: string;

  /** @param seat the player's id. */
  constructor(seat: string, storage: DeviceStorage) {
    this.#storage = storage;
    this.#key = `rank.${seat}`;
  }

  /** Places gained by `question`. To be told of every result; telling it twice, or after a reload, changes nothing. */
  after(question: number, rank: number): number | null {
    const last = readStanding(this.#storage.read(this.#key));
    if (last?.question === question && last.rank === rank) return last.up;
    // Of a question further back it cannot be said what this one did.
    const up = last?.question === question - 1 ? last.rank - rank : null;
    this.#storage.write(this.#key, { question, rank, up });
    return up;
  }
}

function readStanding(stored: unknown): Standing | null {
  const standing = stored as Partial<Standing> | null;
  return typeof standing?.question === "number" && typeof standing.rank === "number" ? (standing as Standing) : null;
}
