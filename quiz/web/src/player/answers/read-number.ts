/** Reading a number as people of a language write it. */

import { plainDigits } from "../../session/digits";

const LIMIT = 1e15;

/**
 * The number in `typed`, or null. "1,5" and "1.5" are both one and a half wherever that cannot mean fifteen hundred:
 * only groups of exactly three digits after the sign that is not the language's decimal one count as thousands.
 *
 * @param decimal the decimal sign of the language, "." or ",".
 */
export function readNumber(typed: string, decimal: string): number | null {
  const text = plainDigits(typed.normalize("NFKC")).replace(/[\s'’_\u200e\u200f\u061c]/g, "").replace(/[−–]/g, "-");
  const plain = withoutThousands(text, decimal);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain)) return null;
  const number = Number(plain);
  return Math.abs(number) <= LIMIT ? number : null;
}

function withoutThousands(text: string, decimal: string): string {
  const signs: string[] = text.match(/[.,]/g) ?? [];
  const last = signs[signs.length - 1];
  if (last === undefined) return text;
  const other = last === "." ? "," : ".";
  // Two kinds of sign: the last one stands before the decimals.
  if (signs.includes(other)) return text.split(other).join("").replace(last, ".");
  const grouped = /^[+-]?[1-9]\d{0,2}([.,]\d{3})+$/.test(text);
  if (grouped && (last !== decimal || signs.length > 1)) return text.split(last).join("");
  return text.replace(last, ".");
}
