/** How many names of players have room beside each other. */

export type NameSize = "large" | "medium" | "small";

/** Names up to which each size is used. */
const LARGE = 12;
const MEDIUM = 40;

export function nameSize(players: number): NameSize {
  if (players <= LARGE) return "large";
  return players <= MEDIUM ? "medium" : "small";
}

/** A place for one name, in the same unit as the room: its width at least, its height, and the gap around it. */
export interface Place {
  width: number;
  height: number;
  gap: number;
}

/** Full columns and rows in a room; at least one of each. */
export function places(width: number, height: number, place: Place): { columns: number; rows: number } {
  const fitting = (room: number, size: number) => Math.max(1, Math.floor((room + place.gap) / (size + place.gap)));
  return { columns: fitting(width, place.width), rows: fitting(height, place.height) };
}
