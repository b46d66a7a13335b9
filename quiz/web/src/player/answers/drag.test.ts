import { describe, expect, it } from "vitest";
import { placesToGo, type Box } from "./drag";

/** Boxes of these heights, one below the other. */
function stacked(...heights: number[]): Box[] {
  let top = 0;
  return heights.map((height) => ({ top: (top += height) - height, height }));
}

describe("a dragged item", () => {
  const three = stacked(50, 50, 50);

  it.each([
    ["stays while it has not reached the middle of another", 1, 30, 0],
    ["goes down past one", 0, 40, 1],
    ["goes down past all", 0, 90, 2],
    ["goes up past one", 2, 60, -1],
    ["goes up past all", 2, -10, -2],
  ] as const)("%s", (_, place, top, expected) => {
    expect(placesToGo(three, place, top)).toBe(expected);
  });

  it("does not go back at once when it has passed one that is much taller", () => {
    const top = 101;
    expect(placesToGo(stacked(50, 200), 0, top)).toBe(1);
    expect(placesToGo(stacked(200, 50), 1, top)).toBe(0);
  });
});
