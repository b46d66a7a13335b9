/** Drafts that the service does not have yet, kept on this device until it does. */

import type { DeviceStorage } from "../../session/device-storage";
import type { QuizDraft } from "./draft";

export interface Unsaved {
  /** The tab that has kept it. */
  tab: string;
  draft: QuizDraft;
  /** The version that it was made on. */
  etag: string;
  /** Milliseconds since the epoch by this device's clock. */
  at: number;
}

const KEPT_MS = 30 * 24 * 3_600_000;

/** The drafts of one quiz. Each tab has its own, so that two of them do not write over each other's. */
export class UnsavedDrafts {
  readonly #storage: DeviceStorage;
  readonly #quiz: string;
  readonly #tab: string;

  /** @param tab unlike that of all other tabs, and the same after a reload. */
  constructor(storage: DeviceStorage, quiz: string, tab: string) {
    this.#storage = storage;
    this.#quiz = `draft.${quiz}.`;
    this.#tab = tab;
  }

  /** Whether it is kept: a browser may have no room for it, or keep nothing at all. */
  keep(draft: QuizDraft, etag: string, at: number): boolean {
    this.#forgetOld(at);
    const unsaved: Unsaved = { tab: this.#tab, draft, etag, at };
    this.#storage.write(this.#quiz + this.#tab, unsaved);
    return this.own()?.at === at;
  }

  /** What this tab has kept. */
  own(): Unsaved | null {
    return this.#read(this.#quiz + this.#tab);
  }

  forgetOwn(): void {
    this.forget(this.#tab);
  }

  forget(tab: string): void {
    this.#storage.remove(this.#quiz + tab);
  }

  /** The newest of those that other tabs have left, or that are being written there. */
  ofAnotherTab(): Unsaved | null {
    const others = this.#keys(this.#quiz).filter((key) => key !== this.#quiz + this.#tab);
    const drafts = others.flatMap((key) => this.#read(key) ?? []);
    return drafts.sort((a, b) => b.at - a.at)[0] ?? null;
  }

  #forgetOld(now: number): void {
    for (const key of this.#keys("draft.")) {
      if (now - (this.#read(key)?.at ?? 0) > KEPT_MS) this.#storage.remove(key);
    }
  }

  #keys(beginning: string): string[] {
    return this.#storage.keys().filter((key) => key.startsWith(beginning));
  }

  #read(key: string): Unsaved | null {
    const kept = this.#storage.read(key) as Partial<Unsaved> | null;
    const whole =
      typeof kept?.tab === "string" && Array.isArray(kept.draft?.rounds) && typeof kept.etag === "string" && typeof kept.at === "number";
    return whole ? (kept as Unsaved) : null;
  }
}

/**
 * The name of this tab, made at its first visit. It is taken out of the storage until `leaveTabName` puts it back: a tab
 * that is duplicated brings all that is stored in it along, and must not go by the same name.
 */
export function takeTabName(tabStorage: DeviceStorage): string {
  const known = tabStorage.read("tab");
  tabStorage.remove("tab");
  return typeof known === "string" ? known : Math.random().toString(36).slice(2, 10);
}

/** The page goes; after a reload the tab has its name again. */
export function leaveTabName(tabStorage: DeviceStorage, name: string): void {
  tabStorage.write("tab", name);
}

/** For a quiz that is no more. */
export function forgetDrafts(storage: DeviceStorage, quiz: string): void {
  for (const key of storage.keys()) if (key.startsWith(`draft.${quiz}.`)) storage.remove(key);
}
