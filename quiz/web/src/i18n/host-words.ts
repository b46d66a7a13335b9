/** Teaches a page the words of quiz masters, in English and in all other languages. */

import { englishHost } from "./english-host";
import { learn, type Language } from "./translate";

export function learnHostWords(): void {
  learn(englishHost, import.meta.glob<Language>("./languages/*.ts", { import: "default", query: "?words=host" }));
}
