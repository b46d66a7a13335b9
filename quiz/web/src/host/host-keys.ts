/** What this browser needs to run a session, kept so that a reload or a closed tab loses nothing. */

import type { HostPass } from "../api/sessions";
import type { DeviceStorage } from "../session/device-storage";

export interface HostKey extends HostPass {
  sessionId: string;
  /** When the key was made, in milliseconds since the epoch by this device's clock. */
  madeAt: number;
}

const KEPT_MS = 7 * 24 * 3_600_000;

export class HostKeys {
  readonly #storage: DeviceStorage;

  constructor(storage: DeviceStorage) {
    this.#storage = storage;
  }

  of(sessionId: string): HostKey | null {
    const key = this.#storage.read(`host.${sessionId}`) as Partial<HostKey> | null;
    return typeof key?.host_token === "string" && typeof key.pin === "string" ? (key as HostKey) : null;
  }

  keep(sessionId: string, pass: HostPass, now: number): HostKey {
    this.#forgetOld(now);
    const key = { ...pass, sessionId, madeAt: now };
    this.#storage.write(`host.${sessionId}`, key);
    return key;
  }

  forget(sessionId: string): void {
    this.#storage.remove(`host.${sessionId}`);
  }

  /** For signing out. */
  forgetAll(): void {
    for (const sessionId of this.#sessions()) this.forget(sessionId);
  }

  #forgetOld(now: number): void {
    for (const sessionId of this.#sessions()) {
      if (now - (this.of(sessionId)?.madeAt ?? 0) > KEPT_MS) this.forget(sessionId);
    }
  }

  #sessions(): string[] {
    return this.#storage.keys().flatMap((key) => /^host\.(.+)$/.exec(key)?.[1] ?? []);
  }
}
