/**
 * Keeps the service's copy of a quiz in step with what is being written, and says honestly how far that has come.
 *
 * A change is sent when none has followed it for a moment. One request is under way at a time, each for the version the
 * last one made. A change that others have made meanwhile is never written over unless `keepMine` says so.
 */

import type { Quiz, QuizVersion } from "../../api/quizzes";
import { ApiError } from "../../api/request";
import { fullJitter } from "../../session/backoff";

export type SaveStatus =
  /** The service has all of it. */
  | { at: "saved" }
  /** Changed a moment ago. */
  | { at: "waiting" }
  | { at: "saving" }
  /** Such a quiz the service would not take. */
  | { at: "invalid" }
  /** The service does not answer, or asks to wait. */
  | { at: "retrying" }
  /** The service would not take it, for reasons of its own. Tried again after the next change. */
  | { at: "refused"; error: ApiError }
  | { at: "signed_out" }
  /** Somebody else, or another tab, has changed the quiz. */
  | { at: "conflict"; other: QuizVersion }
  /** The quiz is not there any more. */
  | { at: "gone" };

/** Where the quiz is kept. Both calls throw as all requests do. */
export interface QuizService {
  read(): Promise<QuizVersion>;
  /** @returns the tag of the new version. */
  replace(version: QuizVersion): Promise<string>;
}

const PAUSE_MS = 800;
const LEAST_WAIT_MS = 500;
const BACKOFF = { baseMs: 2_000, capMs: 30_000 };
/** States that only a decision of the quiz master's ends. */
const STUCK: readonly SaveStatus["at"][] = ["conflict", "gone", "signed_out"];

export class Autosave {
  readonly #service: QuizService;
  readonly #onstatus: (status: SaveStatus) => void;
  readonly #random: () => number;
  #status: SaveStatus = { at: "saved" };
  #etag: string;
  #saved: string;
  /** What to save next; null while it could not be saved. */
  #wanted: Quiz | null;
  /** What was sent and not answered: it may or may not have been kept. */
  #unanswered: string | null = null;
  #attempt = 0;
  #busy = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param version what the service had when it was last asked. */
  constructor(
    service: QuizService,
    version: QuizVersion,
    onstatus: (status: SaveStatus) => void,
    random: () => number = Math.random,
  ) {
    this.#service = service;
    this.#onstatus = onstatus;
    this.#random = random;
    this.#etag = version.etag;
    this.#saved = JSON.stringify(version.quiz);
    this.#wanted = version.quiz;
  }

  /** What the changes are made on. */
  get version(): QuizVersion {
    return { quiz: JSON.parse(this.#saved) as Quiz, etag: this.#etag };
  }

  /** @param quiz as it is now; null for one that cannot be saved. */
  change(quiz: Quiz | null): void {
    this.#wanted = quiz;
    if (!this.#busy && !STUCK.includes(this.#status.at)) this.#plan(PAUSE_MS);
  }

  /** Saves what waits at once: the page is about to go, or the network is back. */
  hurry(): void {
    if (this.#status.at === "waiting" || this.#status.at === "retrying") void this.#save();
  }

  /** After a conflict: writes over what the others have made of the quiz. */
  keepMine(): void {
    if (this.#status.at !== "conflict") return;
    this.#etag = this.#status.other.etag;
    this.#saved = JSON.stringify(this.#status.other.quiz);
    this.#unanswered = null;
    this.#plan(0, "waiting");
  }

  /** Goes on from that version, after a conflict or because a draft was made on it. */
  takeOther(version: QuizVersion): void {
    this.#etag = version.etag;
    this.#saved = JSON.stringify(version.quiz);
    this.#wanted = version.quiz;
    this.#unanswered = null;
    this.#plan(0, "saved");
  }

  /** A draft was found that was made on another version than this one. */
  disagree(other: QuizVersion): void {
    clearTimeout(this.#timer);
    this.#tell({ at: "conflict", other });
  }

  /** What waits is sent once more; nothing is tried again after that. */
  close(): void {
    this.hurry();
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Decides what comes next. A wait for a service that does not answer is not cut short by typing. */
  #plan(delayMs: number, before: SaveStatus["at"] = this.#status.at): void {
    const wanted = this.#wanted;
    if (before === "retrying" && wanted !== null) return;
    clearTimeout(this.#timer);
    if (wanted === null) return this.#tell({ at: "invalid" });
    if (this.#unanswered === null && JSON.stringify(wanted) === this.#saved) return this.#tell({ at: "saved" });
    this.#tell({ at: "waiting" });
    this.#saveAfter(delayMs);
  }

  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    const quiz = this.#wanted;
    if (quiz === null || this.#busy) return;
    this.#busy = true;
    this.#tell({ at: "saving" });
    const sent = JSON.stringify(quiz);
    try {
      this.#etag = await this.#service.replace({ quiz, etag: this.#etag });
      this.#keptAs(sent);
    } catch (error) {
      await this.#failed(error, sent);
    } finally {
      this.#busy = false;
    }
    if (this.#status.at === "saving") {
      this.#plan(PAUSE_MS);
      if (this.#closed) this.hurry();
    } else if (this.#status.at === "retrying" && this.#wanted === null) this.#plan(0);
  }

  #keptAs(text: string): void {
    this.#saved = text;
    this.#unanswered = null;
    this.#attempt = 0;
  }

  async #failed(error: unknown, sent: string): Promise<void> {
    if (!(error instanceof ApiError)) {
      this.#unanswered = sent;
      return this.#retry(null);
    }
    if (error.status === 429 || error.status >= 500) {
      this.#unanswered = sent;
      return this.#retry(error.retryAfter);
    }
    if (error.status === 401) return this.#tell({ at: "signed_out" });
    if (error.status === 404) return this.#tell({ at: "gone" });
    if (error.status === 412) return this.#compare(sent);
    this.#tell({ at: "refused", error });
  }

  /** Somebody has changed the quiz; perhaps it was this page itself, whose request arrived and whose answer did not. */
  async #compare(sent: string): Promise<void> {
    try {
      const other = await this.#service.read();
      const text = JSON.stringify(other.quiz);
      if (text !== sent && text !== this.#unanswered) return this.#tell({ at: "conflict", other });
      this.#etag = other.etag;
      this.#keptAs(text);
    } catch (error) {
      await this.#failed(error, sent);
    }
  }

  #retry(afterS: number | null): void {
    const waitMs = afterS === null ? LEAST_WAIT_MS + fullJitter(this.#attempt, BACKOFF, this.#random) : afterS * 1000;
    this.#attempt += 1;
    this.#tell({ at: "retrying" });
    this.#saveAfter(waitMs);
  }

  #saveAfter(delayMs: number): void {
    if (!this.#closed) this.#timer = setTimeout(() => void this.#save(), delayMs);
  }

  #tell(status: SaveStatus): void {
    this.#status = status;
    this.#onstatus(status);
  }
}
