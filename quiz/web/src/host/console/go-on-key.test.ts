import { describe, expect, it } from "vitest";
import { goesOn, type Focus } from "./go-on-key";

function press(key: string, more: object = {}) {
  return { key, repeat: false, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more };
}

describe("a key", () => {
  it.each(["PageDown", "ArrowRight", " ", "Enter"])("%j goes on", (key) => {
    expect(goesOn(press(key), "page")).toBe(true);
  });

  it.each(["PageUp", "ArrowLeft", "a", "Escape", "Tab"])("%j does not", (key) => {
    expect(goesOn(press(key), "page")).toBe(false);
  });

  it.each([
    ["PageDown", "control", true],
    ["Enter", "control", false],
    [" ", "control", false],
    ["PageDown", "field", false],
    ["ArrowRight", "field", false],
  ] as [string, Focus, boolean][])("%j with the focus on a %s: %s", (key, focus, going) => {
    expect(goesOn(press(key), focus)).toBe(going);
  });

  it("held down goes on once, and with Ctrl, Alt, Shift or Meta never", () => {
    for (const more of ["repeat", "ctrlKey", "altKey", "shiftKey", "metaKey"]) {
      expect(goesOn(press("PageDown", { [more]: true }), "page")).toBe(false);
    }
  });
});
