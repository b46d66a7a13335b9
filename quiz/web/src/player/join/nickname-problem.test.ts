import { afterEach, describe, expect, it, vi } from "vitest";
import { nicknameProblem } from "./nickname-problem";

const FAMILY = "👩\u200d👩\u200d👧";

afterEach(() => vi.unstubAllGlobals());

describe("a refused name", () => {
  it.each(["x".repeat(21), "😀".repeat(21), FAMILY.repeat(21), "ﷺﷺ", "x\u0323".repeat(21)])(
    "is too long: %s",
    (typed) => {
      expect(nicknameProblem(typed)).toBe("join.nickname_long");
    },
  );

  it.each([
    "A\u202eB",
    "x".repeat(20),
    "😀".repeat(20),
    FAMILY.repeat(20),
    "x\u0323".repeat(20),
    `  ${"x".repeat(10)}     ${"x".repeat(9)}  `,
    `${"x".repeat(20)}\u200f\u200e\u061c`,
    "",
  ])("is odd when its characters are few enough: %s", (typed) => {
    expect(nicknameProblem(typed)).toBe("join.nickname_odd");
  });

  it("is measured in code points where the browser knows no characters", () => {
    vi.stubGlobal("Intl", {});
    expect(nicknameProblem("😀".repeat(20))).toBe("join.nickname_odd");
    expect(nicknameProblem("😀".repeat(21))).toBe("join.nickname_long");
    expect(nicknameProblem(FAMILY.repeat(5))).toBe("join.nickname_long");
  });
});
