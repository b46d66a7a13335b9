/** The quiz master who is signed in at this browser. */

import type { Login } from "../api/auth";
import type { DeviceStorage } from "../session/device-storage";

const KEY = "login";

export class Account {
  readonly #storage: DeviceStorage;

  constructor(storage: DeviceStorage) {
    this.#storage = storage;
  }

  /** The token, while it is good by this device's clock; the service has the last word. */
  token(now: number): string | null {
    const login = this.#storage.read(KEY) as Partial<Login> | null;
    if (typeof login?.token !== "string" || typeof login.expires_at !== "number") return null;
    return login.expires_at > now ? login.token : null;
  }

  keep(login: Login): void {
    this.#storage.write(KEY, login);
  }

  forget(): void {
    this.#storage.remove(KEY);
  }
}
