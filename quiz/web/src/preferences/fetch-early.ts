/**
 * A script of its own, small and before the page's, so that the reader's words are on their way while the page's larger
 * files still are. The page asks for the same file later and finds it there.
 */

import { fetchWords, languageFor } from "../i18n/languages";
import { deviceStorage } from "../session/device-storage";
import { readChoices, wishesOf } from "./choices";

const wishes = wishesOf(readChoices(deviceStorage(() => localStorage)), navigator.languages);
// The page itself deals with words that do not arrive.
fetchWords(languageFor(location.search, wishes)).catch(() => {});
