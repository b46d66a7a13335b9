import { describe, expect, it } from "vitest";
import { nameSize, places } from "./name-grid";

const place = { width: 100, height: 20, gap: 10 };

describe("names in a room", () => {
  it.each([
    [100, 20, 1, 1],
    [209, 49, 1, 1],
    [210, 50, 2, 2],
    [1_090, 140, 10, 5],
    [0, 0, 1, 1],
  ])("%i wide and %i high stand in %i columns and %i rows", (width, height, columns, rows) => {
    expect(places(width, height, place)).toEqual({ columns, rows });
  });

  it("get smaller as more arrive", () => {
    expect([1, 12, 13, 40, 41, 500].map(nameSize)).toEqual(["large", "large", "medium", "medium", "small", "small"]);
  });
});
