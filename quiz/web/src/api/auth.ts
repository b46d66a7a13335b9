/** Signing in as a quiz master. */

import { request } from "./request";

export interface Login {
  token: string;
  /** Milliseconds since the epoch in the service's clock. */
  expires_at: number;
}

export function login(username: string, password: string): Promise<Login> {
  return request("/auth/login", { method: "POST", json: { username, password } });
}
