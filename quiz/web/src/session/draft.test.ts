import { describe, expect, it } from "vitest";
import { deviceStorage, memoryStorage } from "./device-storage";
import { Draft, draftIndexes, draftText } from "./draft";

describe("a draft", () => {
  it("is found again by the same seat at the same question, and only there", () => {
    const memory = memoryStorage();
    new Draft("ada", deviceStorage(() => memory)).keep(3, "Reykja");
    expect(new Draft("ada", deviceStorage(() => memory)).of(3)).toBe("Reykja");
    expect(new Draft("ada", deviceStorage(() => memory)).of(4)).toBeNull();
    expect(new Draft("bert", deviceStorage(() => memory)).of(3)).toBeNull();
  });

  it("gives way to the draft of the next question", () => {
    const draft = new Draft("ada", deviceStorage(memoryStorage));
    draft.keep(1, "one");
    draft.keep(2, "two");
    expect([draft.of(1), draft.of(2)]).toEqual([null, "two"]);
  });
});

describe("a kept draft that is not what the question needs", () => {
  it("is no text", () => {
    expect([draftText([1]), draftText(null), draftText("a")]).toEqual(["", "", "a"]);
  });

  it.each([["a"], [null], [[0, 0]], [[3]], [[-1]], [[0.5]]])("is no indexes: %j", (draft) => {
    expect(draftIndexes(draft, 3)).toBeNull();
  });

  it("is taken as indexes when it is some", () => {
    expect(draftIndexes([2, 0], 3)).toEqual([2, 0]);
  });
});
