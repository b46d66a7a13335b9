/** The words of the pages in the reader's language. English comes with each page, other languages are fetched. */

import { english } from "./english";
import type { englishHost } from "./english-host";
import { addParts, fetchWords, languageFor, type Files } from "./languages";
import { speech, spokenIn } from "./spoken.svelte";

export { chooseLanguage, LANGUAGES } from "./languages";

/** A text, or one for each plural form of the language, chosen by `count`. */
export type Phrase = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });

export type Key = keyof typeof english | keyof typeof englishHost;

export type Phrases = Partial<Record<Key, Phrase>>;

/** All the words in one language. Each file in `languages/` exports one by default and is named by its code. */
export interface Language {
  direction: "ltr" | "rtl";
  phrases: Record<Key, Phrase>;
}

let inEnglish: Phrases = english;

use("en");

/** Adds the words of a page that needs more than all pages do. To be called before anything is spoken. */
export function learn(more: Phrases, files: Files = {}): void {
  inEnglish = { ...inEnglish, ...more };
  addParts(files);
  use("en");
}

/**
 * Speaks the language asked for by `?lang=`, or else the first of `wishes` that there is. To be awaited before anything
 * is shown.
 */
export async function speak(search: string, wishes: readonly string[]): Promise<void> {
  // If the file does not arrive, a page in English is better than none.
  if (!(await change(languageFor(search, wishes)))) use("en");
}

/** Speaks another language from now on; false if its words did not arrive, and then nothing has changed. */
export async function change(language: string): Promise<boolean> {
  try {
    use(language, ...(await fetchWords(language)));
    return true;
  } catch {
    return false;
  }
}

/** @param words the parts of the language; left out for English. */
export function use(language: string, ...words: Language[]): void {
  const phrases = words.length === 0 ? inEnglish : Object.assign({}, ...words.map((part) => part.phrases));
  speech.now = spokenIn(language, phrases);
  if (typeof document !== "undefined") {
    document.documentElement.lang = language;
    document.documentElement.dir = words[0]?.direction ?? "ltr";
  }
}

/** The code of the language that is spoken. */
export function language(): string {
  return speech.now.language;
}

/** A language's own name for itself. */
export function languageName(code: string): string {
  const name = new Intl.DisplayNames(code, { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** The phrase of that name, with `{names}` replaced by the values; numbers are written as the language does. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const { phrases, plurals } = speech.now;
  const phrase = phrases[key] ?? key;
  const count = values["count"];
  const form = typeof phrase === "string" ? phrase : (phrase[plurals.select(Number(count))] ?? phrase.other);
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? formatNumber(value) : value;
  });
}

export function formatNumber(value: number): string {
  return speech.now.numbers.format(value);
}

/** The sign before the decimals in the language spoken: "." or ",". */
export function decimalSign(): string {
  return speech.now.numbers.formatToParts(1.5).find((part) => part.type === "decimal")?.value ?? ".";
}

export function formatInstant(ms: number): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(ms);
}
