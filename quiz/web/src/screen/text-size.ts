/** How large a text can be shown so that a question of 500 characters still fits the screen. */

export type TextSize = "large" | "medium" | "small";

/** More choices than this need the room that fewer leave. */
export const CROWD = 4;

/** @param limits lengths in characters up to which a text is large, and medium. */
function sizeOf(length: number, [large, medium]: readonly [number, number]): TextSize {
  if (length <= large) return "large";
  return length <= medium ? "medium" : "small";
}

/** For the question itself. */
export function questionSize(text: string): TextSize {
  return sizeOf(text.length, [90, 240]);
}

/** For choices or items side by side: the longest and their number decide. */
export function choicesSize(texts: readonly string[]): TextSize {
  const longest = Math.max(0, ...texts.map((text) => text.length));
  return sizeOf(longest * (texts.length > CROWD ? 1.5 : 1), [45, 120]);
}
