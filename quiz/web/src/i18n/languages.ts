/** Which languages there are, and how their words get here. */

import type { Language } from "./translate";

/** Fetches a part of each language, by the path of its file. */
export type Files = Record<string, () => Promise<Language>>;

const EVERYONES: Files = import.meta.glob<Language>("./languages/*.ts", { import: "default", query: "?words=everyone" });

/** The parts of each language that this page speaks, by its code. */
const parts = new Map(Object.entries(EVERYONES).map(([path, fetch]) => [codeOf(path), [fetch]]));

/** The codes of all languages. */
export const LANGUAGES: readonly string[] = ["en", ...parts.keys()];

/** Adds a part to each of the languages. */
export function addParts(files: Files): void {
  for (const [path, fetch] of Object.entries(files)) parts.get(codeOf(path))?.push(fetch);
}

/** The first language wished for that there is, by its main part: "de-AT" is served by "de". */
export function chooseLanguage(wishes: readonly string[]): string {
  const known = wishes.map((wish) => wish.toLowerCase().split("-")[0] ?? "");
  return known.find((language) => LANGUAGES.includes(language)) ?? "en";
}

/** The language asked for by `?lang=`, or else the first of `wishes` that there is. */
export function languageFor(search: string, wishes: readonly string[]): string {
  const asked = new URLSearchParams(search).get("lang");
  return chooseLanguage(asked === null ? wishes : [asked, ...wishes]);
}

/** All parts of a language; none for English, which comes with each page. */
export function fetchWords(language: string): Promise<Language[]> {
  return Promise.all((parts.get(language) ?? []).map((fetch) => fetch()));
}

function codeOf(path: string): string {
  return path.replace(/^.*\/(.+)\.ts$/, "$1");
}
