/** Failures of REST calls in words for the person before the screen. */

import { t, type Key } from "../i18n/translate";
import { ApiError, NoAnswer } from "./request";

/** @param known phrases for the codes that the caller has its own words for. */
export function errorWords(error: unknown, known: Partial<Record<string, Key>> = {}): string {
  if (error instanceof NoAnswer) return t("error.no_answer");
  if (!(error instanceof ApiError)) throw error;
  const phrase = known[error.code];
  if (phrase !== undefined) return t(phrase);
  if (error.status === 429) {
    return error.retryAfter === null
      ? t("error.rate_limited_unknown")
      : t("error.rate_limited", { count: Math.ceil(error.retryAfter) });
  }
  return error.message || t("error.unknown");
}
