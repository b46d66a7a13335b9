/** What is spoken now. Whatever was drawn with it is drawn anew when the language changes. */

import type { Phrases } from "./translate";

export interface Spoken {
  language: string;
  phrases: Phrases;
  numbers: Intl.NumberFormat;
  plurals: Intl.PluralRules;
}

class Speech {
  now = $state.raw<Spoken>(spokenIn("en", {}));
}

export function spokenIn(language: string, phrases: Phrases): Spoken {
  return {
    language,
    phrases,
    numbers: new Intl.NumberFormat(language, {
      maximumFractionDigits: 10,
      // The digits of PINs and addresses, which stand beside them.
      numberingSystem: "latn",
      // Many an answer is a year.
      useGrouping: "min2",
    }),
    plurals: new Intl.PluralRules(language),
  };
}

export const speech = new Speech();
