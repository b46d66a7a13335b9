/** Putting items in order. */

/** `order` with the item at `place` one further up (-1) or down (1); unchanged at the ends. */
export function moved(order: readonly number[], place: number, by: -1 | 1): number[] {
  const other = place + by;
  const after = [...order];
  if (place in after && other in after) [after[place], after[other]] = [after[other]!, after[place]!];
  return after;
}
