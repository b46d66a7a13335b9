/** Putting items in order. */

/** `order` with the item at `place` moved `by` places up (below 0) or down; unchanged if it would leave the list. */
export function moved(order: readonly number[], place: number, by: number): number[] {
  const after = [...order];
  if (place in after && place + by in after) after.splice(place + by, 0, ...after.splice(place, 1));
  return after;
}
