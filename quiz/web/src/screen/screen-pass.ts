/** What the big screen was opened with: a token of its own, handed over behind the "#" of its address. */

import type { DeviceStorage } from "../session/device-storage";

export interface ScreenPass {
  token: string;
  affinity: string;
  /** Empty when it was not handed over, like `joinUrl`; the show then goes on without telling how to join. */
  pin: string;
  /** The address players go to. */
  joinUrl: string;
}

const KEY = "screen";

/** Takes the pass from the address, or else the one this tab had before. Null when there is neither. */
export function takePass(fragment: string, storage: DeviceStorage): ScreenPass | null {
  const pass = readFragment(fragment);
  if (pass !== null) storage.write(KEY, pass);
  return pass ?? readStored(storage.read(KEY));
}

function readFragment(fragment: string): ScreenPass | null {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const token = parts.get("token");
  if (token === null || token === "") return null;
  const pin = parts.get("pin") ?? "";
  return { token, pin, affinity: parts.get("affinity") ?? pin, joinUrl: parts.get("join") ?? "" };
}

function readStored(stored: unknown): ScreenPass | null {
  const pass = stored as Partial<ScreenPass> | null;
  const texts = [pass?.token, pass?.affinity, pass?.pin, pass?.joinUrl];
  return texts.every((text) => typeof text === "string") ? (pass as ScreenPass) : null;
}

/** The part of an address that people type: host and, if it is not the root, the path before the PIN. */
export function spokenAddress(joinUrl: string, origin: string): string {
  try {
    const url = new URL(joinUrl || origin);
    return (url.host + url.pathname.replace(/\/\d{7}\/?$/, "")).replace(/\/$/, "");
  } catch {
    return origin.replace(/^https?:\/\//, "");
  }
}
