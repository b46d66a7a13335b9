import { describe, expect, it } from "vitest";
import { deviceStorage, memoryStorage } from "../../session/device-storage";
import { RankChange } from "./rank-change";

describe("the change of rank", () => {
  it("is not known after the first question", () => {
    expect(new RankChange("ada", deviceStorage(memoryStorage)).after(1, 3)).toBeNull();
  });

  it("is how many places were won or lost since the question before", () => {
    const change = new RankChange("ada", deviceStorage(memoryStorage));
    change.after(1, 5);
    expect(change.after(2, 2)).toBe(3);
    expect(change.after(3, 4)).toBe(-2);
    expect(change.after(4, 4)).toBe(0);
  });

  it("stays the same when the page is drawn again or loaded again", () => {
    const memory = memoryStorage();
    const change = new RankChange("ada", deviceStorage(() => memory));
    change.after(1, 5);
    expect([change.after(2, 2), change.after(2, 2)]).toEqual([3, 3]);
    expect(new RankChange("ada", deviceStorage(() => memory)).after(2, 2)).toBe(3);
  });

  it("is not known when a result was missed", () => {
    const change = new RankChange("ada", deviceStorage(memoryStorage));
    change.after(1, 5);
    expect(change.after(3, 1)).toBeNull();
  });
});
