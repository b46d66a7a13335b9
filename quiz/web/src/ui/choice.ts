/** How choices are told apart besides by colour. */

/** The letter of a choice: A for the first. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

/** Outlines in a box of 24 by 24: circle, square, triangle, diamond, star, hexagon, plus, drop. */
export const SHAPES: readonly string[] = [
  "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z",
  "M3.5 3.5h17v17h-17z",
  "M12 2.5l10.5 19h-21z",
  "M12 1l10 11-10 11-10-11z",
  "M12 1.5l3.2 7 7.6.8-5.7 5.1 1.6 7.5-6.7-3.8-6.7 3.8 1.6-7.5-5.7-5.1 7.6-.8z",
  "M7 3.3h10l5 8.7-5 8.7h-10l-5-8.7z",
  "M8.5 2h7v6.5h6.5v7h-6.5v6.5h-7v-6.5h-6.5v-7h6.5z",
  "M12 1.5c4 5.5 7 8.7 7 13a7 7 0 1 1-14 0c0-4.3 3-7.5 7-13z",
];
