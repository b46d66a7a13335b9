/** Where a dragged item belongs. */

/** How far down an item begins in its list when nothing is dragged, and how tall it is, in pixels. */
export interface Box {
  top: number;
  height: number;
}

/**
 * How far the item at `place` has to go, up (below 0) or down: past every item whose middle it has reached.
 *
 * @param boxes all items in their order.
 * @param top how far down the dragged item begins.
 */
export function placesToGo(boxes: readonly Box[], place: number, top: number): number {
  const { height } = boxes[place]!;
  const above = boxes.slice(0, place).filter((box) => top < box.top + box.height / 2).length;
  const below = boxes.slice(place + 1).filter((box) => top + height > box.top + box.height / 2).length;
  return below - above;
}
