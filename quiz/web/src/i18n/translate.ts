/** The words of the pages in the reader's language. English comes with each page, other languages are fetched. */

import { en } from "./en";

/** A text, or one for each plural form of the language, chosen by `count`. */
export type Phrase = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });

/** All the words in one language: one file exports one of these. */
export interface Language {
  direction: "ltr" | "rtl";
  phrases: Record<Key, Phrase>;
}

export type Key = keyof typeof en.phrases;

/** Languages besides English; a new one is a file beside this one and a line here. */
const OTHERS: Record<string, () => Promise<Language>> = {
  de: async () => (await import("./de")).de,
  es: async () => (await import("./es")).es,
  fr: async () => (await import("./fr")).fr,
};

export const LANGUAGES: readonly string[] = ["en", ...Object.keys(OTHERS)];

let spoken = "en";
let phrases: Record<Key, Phrase> = en.phrases;
let numbers = new Intl.NumberFormat(spoken);
let plurals = new Intl.PluralRules(spoken);

/** The first language wished for that there is, by its main part: "de-AT" is served by "de". */
export function chooseLanguage(wishes: readonly string[]): string {
  const known = wishes.map((wish) => wish.toLowerCase().split("-")[0] ?? "");
  return known.find((language) => LANGUAGES.includes(language)) ?? "en";
}

/** Speaks the language asked for by `?lang=` or by the browser. To be awaited before anything is shown. */
export async function speak(search: string, wishes: readonly string[]): Promise<void> {
  const asked = new URLSearchParams(search).get("lang");
  const language = chooseLanguage(asked === null ? wishes : [asked, ...wishes]);
  try {
    use(language, (await OTHERS[language]?.()) ?? en);
  } catch {
    // The file did not arrive; a page in English is better than none.
    use("en", en);
  }
}

export function use(language: string, words: Language): void {
  spoken = language;
  phrases = words.phrases;
  numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 10 });
  plurals = new Intl.PluralRules(language);
  if (typeof document !== "undefined") {
    document.documentElement.lang = language;
    document.documentElement.dir = words.direction;
  }
}

/** The phrase of that name, with `{names}` replaced by the values; numbers are written as the language does. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const phrase = phrases[key];
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
