/** What to tell a player whose name the service has refused: its own words are English only. */

import type { Key } from "../../i18n/translate";

/** Longest name in characters as a person counts them. */
const LONGEST = 20;

export function nicknameProblem(typed: string): Key {
  return characters(asShown(typed)) > LONGEST ? "join.nickname_long" : "join.nickname_odd";
}

/** The service counts what it would show: without marks of direction, with each run of spaces as one. */
function asShown(typed: string): string {
  const unmarked = typed.replace(/[\u061c\u200e\u200f]/g, "");
  return unmarked.normalize("NFKC").replace(/\p{Z}+/gu, " ").trim();
}

function characters(text: string): number {
  // Firefox before 125 knows no Segmenter.
  const parts = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text) : text;
  return [...parts].length;
}
