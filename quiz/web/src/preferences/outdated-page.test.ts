import { describe, expect, it } from "vitest";
import { mayReload } from "./outdated-page";

const NOW = 1_800_000_000_000;

describe("a page that lacks one of its files", () => {
  it("is loaded again", () => {
    expect(mayReload(true, 0, NOW)).toBe(true);
  });

  it("is not without a network, which would lose what is there", () => {
    expect(mayReload(false, 0, NOW)).toBe(false);
  });

  it("is not more than once a minute, so that a file that is nowhere makes no circle", () => {
    expect(mayReload(true, NOW, NOW)).toBe(false);
    expect(mayReload(true, NOW - 59_999, NOW)).toBe(false);
    expect(mayReload(true, NOW - 60_000, NOW)).toBe(true);
  });

  it("is again when the clock was set back", () => {
    expect(mayReload(true, NOW + 3_600_000, NOW)).toBe(true);
  });

  it("is not when nobody knows when that was last", () => {
    expect(mayReload(true, Number.NaN, NOW)).toBe(false);
  });
});
