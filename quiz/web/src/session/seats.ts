/** The seats this device holds, so that a reload, a new tab or a lost network never asks who the player is. */

import type { DeviceStorage } from "./device-storage";

export interface Seat {
  pin: string;
  playerId: string;
  nickname: string;
  token: string;
  affinity: string;
  /** When the seat was taken, in milliseconds since the epoch by this device's clock. */
  takenAt: number;
  /** The host has taken it away, which the host may undo: then the same token is good again. */
  kicked?: boolean;
}

const KEPT_MS = 7 * 24 * 3_600_000;
const CURRENT = "current";
const JOINING = "joining";

export class Seats {
  readonly #storage: DeviceStorage;

  constructor(storage: DeviceStorage) {
    this.#storage = storage;
  }

  at(pin: string): Seat | null {
    return readSeat(this.#storage.read(`seat.${pin}`));
  }

  /** The seat of the game that is going on, if there is one: where the bare address leads back to. */
  current(): Seat | null {
    const pin = this.#storage.read(CURRENT);
    return typeof pin === "string" ? this.at(pin) : null;
  }

  /**
   * What the attempt to join a game is called. It stays the same until it has led to a seat: who asks again because the
   * reply was lost gets the same seat, and not the news that the name is taken.
   */
  attempt(pin: string, newId: () => string): string {
    const known = this.#storage.read(JOINING) as { pin?: string; id?: string } | null;
    if (known?.pin === pin && typeof known.id === "string") return known.id;
    const id = newId();
    this.#storage.write(JOINING, { pin, id });
    return id;
  }

  take(seat: Seat): void {
    this.#forgetOld(seat.takenAt);
    this.#storage.remove(JOINING);
    this.#storage.write(`seat.${seat.pin}`, seat);
    this.#storage.write(CURRENT, seat.pin);
  }

  /** The game is over or left aside; the seat can still be found by its PIN. */
  leave(): void {
    this.#storage.remove(CURRENT);
  }

  /** The seat is refused. Only its PIN leads to it, in case the host gives it back. */
  setAside(seat: Seat): void {
    if (this.#storage.read(CURRENT) === seat.pin) this.leave();
    this.#storage.write(`seat.${seat.pin}`, seat);
  }

  /** The seat is gone. */
  forget(pin: string): void {
    if (this.#storage.read(CURRENT) === pin) this.leave();
    this.#storage.remove(`seat.${pin}`);
  }

  #forgetOld(now: number): void {
    for (const key of this.#storage.keys()) {
      const pin = /^seat\.(.+)$/.exec(key)?.[1];
      const seat = pin === undefined ? null : this.at(pin);
      if (seat !== null && now - seat.takenAt > KEPT_MS) this.forget(seat.pin);
    }
  }
}

function readSeat(stored: unknown): Seat | null {
  const seat = stored as Partial<Seat> | null;
  const texts = [seat?.pin, seat?.playerId, seat?.nickname, seat?.token, seat?.affinity];
  return texts.every((text) => typeof text === "string") && typeof seat?.takenAt === "number" ? (seat as Seat) : null;
}
