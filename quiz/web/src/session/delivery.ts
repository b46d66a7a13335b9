/** Bringing one answer to the server: until it is acked the page does not call it saved, and does not give up on it. */

import type { Ack, Answer, Calls, State } from "../messages";
import type { Answered } from "./follow";
import { Unanswered } from "./connection";
import { fullJitter, type Backoff, type Random } from "./backoff";
import type { DeviceStorage } from "./device-storage";

/** An answer on its way. `id` stays the same on every retry, so the server counts it once. */
export interface PendingAnswer {
  question: number;
  answer: Answer;
  id: string;
}

export type Delivery =
  | { step: "none" }
  | { step: "sending"; question: number; answer: Answer; retrying: boolean }
  | { step: "saved" | "queued"; question: number; answer: Answer }
  | { step: "refused"; question: number; answer: Answer; code: string; message: string };

/** What delivering needs of the rest of the page. */
export interface Outside {
  /** @throws {Unanswered} when no ack came. */
  send(pending: PendingAnswer): Promise<Ack<Calls["answer"]["ack"]>>;
  /** The ack did not come; the connection may be dead. */
  doubtConnection(): void;
  changed(delivery: Delivery): void;
  acked(question: number, answered: Answered): void;
  newId(): string;
  random: Random;
}

const RETRY: Backoff = { baseMs: 1_000, capMs: 8_000 };

export class AnswerDelivery {
  readonly #outside: Outside;
  readonly #storage: DeviceStorage;
  readonly #key: string;
  #pending: PendingAnswer | null;
  #attempt = 0;
  #sending = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param seat the player's id; an answer that a reload interrupted is found by it. */
  constructor(seat: string, storage: DeviceStorage, outside: Outside) {
    this.#outside = outside;
    this.#storage = storage;
    this.#key = `pending.${seat}`;
    this.#pending = readPending(storage.read(this.#key));
  }

  /** Takes over an answer. The first one to a question counts: another one while it is on its way changes nothing. */
  submit(question: number, answer: Answer): void {
    if (this.#pending?.question === question) return;
    this.#pending = { question, answer, id: this.#outside.newId() };
    this.#storage.write(this.#key, this.#pending);
    this.#attempt = 0;
    this.#tell(false);
    void this.#send();
  }

  /** To be called with every snapshot: what was on its way is sent again, or is settled. */
  resume(state: State): void {
    const pending = this.#pending;
    const stored = state.you;
    if (stored?.answered && stored.answer !== undefined && state.question !== undefined) {
      this.#settle({ step: "saved", question: state.question.number, answer: stored.answer });
    } else if (pending !== null && pending.question !== state.question?.number) {
      // Whether it got there in time can no longer be asked; the player's result tells.
      this.#settle({ step: "none" });
    } else if (pending !== null) {
      this.#tell(true);
      void this.#send();
    }
  }

  stop(): void {
    clearTimeout(this.#retryTimer);
    this.#pending = null;
  }

  async #send(): Promise<void> {
    const pending = this.#pending;
    if (pending === null || this.#sending) return;
    clearTimeout(this.#retryTimer);
    this.#sending = true;
    const again = await this.#attemptOnce(pending);
    this.#sending = false;
    // Another answer may have been given meanwhile, and `again` speaks of the old one only.
    if (this.#pending !== pending) void this.#send();
    else if (again) this.#retryLater();
  }

  /** Whether it should be tried again. */
  async #attemptOnce(pending: PendingAnswer): Promise<boolean> {
    let ack: Ack<Calls["answer"]["ack"]>;
    try {
      ack = await this.#outside.send(pending);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (this.#pending === pending) this.#outside.doubtConnection();
      return true;
    }
    if (this.#pending !== pending) return false;
    const { question, answer } = pending;
    if (ack.ok) {
      this.#settle({ step: ack.status, question, answer });
      this.#outside.acked(question, { answer, received_at: ack.received_at });
      return false;
    }
    if (ack.error.retry) return true;
    this.#settle({ step: "refused", question, answer, code: ack.error.code, message: ack.error.message });
    return false;
  }

  #retryLater(): void {
    this.#tell(true);
    const wait = fullJitter(this.#attempt++, RETRY, this.#outside.random);
    this.#retryTimer = setTimeout(() => void this.#send(), wait);
  }

  #settle(delivery: Delivery): void {
    clearTimeout(this.#retryTimer);
    this.#pending = null;
    this.#storage.remove(this.#key);
    this.#outside.changed(delivery);
  }

  #tell(retrying: boolean): void {
    if (this.#pending === null) return;
    const { question, answer } = this.#pending;
    this.#outside.changed({ step: "sending", question, answer, retrying });
  }
}

function readPending(stored: unknown): PendingAnswer | null {
  const pending = stored as Partial<PendingAnswer> | null;
  if (typeof pending?.question !== "number" || typeof pending.id !== "string") return null;
  return pending.answer === undefined ? null : (pending as PendingAnswer);
}
