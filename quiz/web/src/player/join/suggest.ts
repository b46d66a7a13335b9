/** Friendly nicknames for those who do not want to think of one: two words, in the reader's language. */

import type { Random } from "../../session/backoff";

/** Words that fit together in this order, whichever of them are chosen. */
export interface Halves {
  first: string[];
  second: string[];
}

/** Longest nickname that the service takes, in characters. */
const LONGEST = 20;
const NUMBERS_FROM = 2;
const NUMBERS_TO = 99;

const FILES = new Map(
  Object.entries(import.meta.glob<Halves>("./nicknames/*.ts", { import: "default" })).map(([path, fetch]) => [
    path.replace(/^.*\/(.+)\.ts$/, "$1"),
    fetch,
  ]),
);

/** One nickname in the language of that code, or in English. */
export async function suggestion(language: string, random: Random = Math.random): Promise<string> {
  const halves = await (FILES.get(language) ?? FILES.get("en")!)();
  return `${oneOf(halves.first, random)} ${oneOf(halves.second, random)}`;
}

/** What to try instead of a name that somebody has: the same with a number, if that fits, and others. */
export async function alternatives(
  taken: string,
  language: string,
  count: number,
  random: Random = Math.random,
): Promise<string[]> {
  const number = NUMBERS_FROM + Math.floor(random() * (NUMBERS_TO - NUMBERS_FROM + 1));
  const numbered = `${taken.trim().replace(/ \d+$/, "")} ${number}`;
  const names = new Set([...numbered].length <= LONGEST ? [numbered] : []);
  while (names.size < count) names.add(await suggestion(language, random));
  return [...names];
}

function oneOf(words: readonly string[], random: Random): string {
  return words[Math.floor(random() * words.length)]!;
}
