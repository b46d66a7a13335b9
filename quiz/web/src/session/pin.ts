/** Finding a PIN in what people type, paste or open. */

import { plainDigits } from "./digits";

const PIN = /^\d{7}$/;

/** The PIN in typed or pasted text, which may hold spaces, dashes or a whole join link; null when there is none. */
export function readPin(typed: string): string | null {
  const text = plainDigits(typed.normalize("NFKC")).trim();
  const inLink = /\/(\d{7})(?:[/?#]|$)/.exec(text)?.[1];
  if (inLink !== undefined) return inLink;
  const digits = text.replace(/[\s.\-‐-―_]/g, "");
  return PIN.test(digits) ? digits : null;
}

/** What stands for the PIN in the path a page was opened with, whether it is one or not; empty when there is nothing. */
export function typedInPath(pathname: string): string {
  try {
    return /^\/([^/]+)\/?$/.exec(decodeURIComponent(pathname))?.[1] ?? "";
  } catch {
    return "";
  }
}

/** The PIN a page was opened with, as in `/1234567` or `/123%204567`. */
export function pinOfPath(pathname: string): string | null {
  return readPin(typedInPath(pathname));
}

/** A PIN in groups that are easier to read out and to type: `123 4567`. */
export function spacedPin(pin: string): string {
  return PIN.test(pin) ? `${pin.slice(0, 3)} ${pin.slice(3)}` : pin;
}
