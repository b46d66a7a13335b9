/** Numbers as people type them, and back. */

import { readNumber } from "../../player/answers/read-number";
import type { Typed } from "./draft";

/** The number, or the text itself where none can be read in it. */
export function readTyped(text: string, decimal: string): Typed {
  return readNumber(text, decimal) ?? text;
}

/** As one would type it: without groups of thousands, which could be taken for decimals elsewhere. */
export function writeTyped(value: Typed, decimal: string): string {
  if (typeof value === "string") return value;
  const plain = String(value);
  // Very small numbers are written with an exponent, which nobody types.
  const digits = plain.includes("e") ? value.toFixed(20).replace(/\.?0+$/, "") : plain;
  return digits.replace(".", decimal);
}
