/** The words of the pages in the reader's language. English comes with each page, other languages are fetched. */

import { english } from "./english";
import type { englishHost } from "./english-host";

/** A text, or one for each plural form of the language, chosen by `count`. */
export type Phrase = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });

export type Key = keyof typeof english | keyof typeof englishHost;

type Phrases = Partial<Record<Key, Phrase>>;

/** All the words in one language. Each file in `languages/` exports one by default and is named by its code. */
export interface Language {
  direction: "ltr" | "rtl";
  phrases: Record<Key, Phrase>;
}

const FILES = new Map(
  Object.entries(import.meta.glob<Language>("./languages/*.ts", { import: "default" })).map(([path, fetch]) => [
    path.replace(/^.*\/(.+)\.ts$/, "$1"),
    fetch,
  ]),
);

/** The codes of all languages. */
export const LANGUAGES: readonly string[] = ["en", ...FILES.keys()];

let inEnglish: Phrases = english;

let spoken = "en";
let phrases = inEnglish;
let numbers = new Intl.NumberFormat(spoken);
let plurals = new Intl.PluralRules(spoken);

/** Adds the English words of a page that needs more than all pages do. To be called before anything is spoken. */
export function learn(more: Phrases): void {
  inEnglish = { ...inEnglish, ...more };
  phrases = inEnglish;
}

/** The first language wished for that there is, by its main part: "de-AT" is served by "de". */
export function chooseLanguage(wishes: readonly string[]): string {
  const known = wishes.map((wish) => wish.toLowerCase().split("-")[0] ?? "");
  return known.find((language) => LANGUAGES.includes(language)) ?? "en";
}

/**
 * Speaks the language asked for by `?lang=`, or else the first of `wishes` that there is. To be awaited before anything
 * is shown.
 */
export async function speak(search: string, wishes: readonly string[]): Promise<void> {
  const asked = new URLSearchParams(search).get("lang");
  const language = chooseLanguage(asked === null ? wishes : [asked, ...wishes]);
  try {
    const words = await FILES.get(language)?.();
    use(language, words);
  } catch {
    // The file did not arrive; a page in English is better than none.
    use("en");
  }
}

/** @param words left out for English. */
export function use(language: string, words?: Language): void {
  spoken = language;
  phrases = words?.phrases ?? inEnglish;
  numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 10 });
  plurals = new Intl.PluralRules(language);
  if (typeof document !== "undefined") {
    document.documentElement.lang = language;
    document.documentElement.dir = words?.direction ?? "ltr";
  }
}

/** The code of the language that is spoken. */
export function language(): string {
  return spoken;
}

/** A language's own name for itself. */
export function languageName(code: string): string {
  const name = new Intl.DisplayNames(code, { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** The phrase of that name, with `{names}` replaced by the values; numbers are written as the language does. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const phrase = phrases[key] ?? key;
  const count = values["count"];
  const form = typeof phrase === "string" ? phrase : (phrase[plurals.select(Number(count))] ?? phrase.other);
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? formatNumber(value) : value;
  });
}

export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** The sign before the decimals in the language spoken: "." or ",". */
export function decimalSign(): string {
  return numbers.formatToParts(1.5).find((part) => part.type === "decimal")?.value ?? ".";
}

export function formatInstant(ms: number): string {
  return new Intl.DateTimeFormat(spoken, { dateStyle: "medium", timeStyle: "short" }).format(ms);
}
