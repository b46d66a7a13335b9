import { describe, expect, it } from "vitest";
import choices from "./choices.css?raw";
import theme from "./theme.css?raw";

type Mode = "light" | "dark";

/** Text or its like, on what it stands. */
const PAIRS = [
  ...["ink", "soft", "accent", "good", "bad", "warn"].flatMap((text) => [[text, "bg"] as const, [text, "card"] as const]),
  ["on-accent", "accent"],
  ["good", "good-bg"],
  ["bad", "bad-bg"],
  ["warn", "warn-bg"],
  ["ink", "good-bg"],
] as const;

/** The colours that the blocks of these selectors give, later ones winning. */
function colours(mode: Mode, ...selectors: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const selector of selectors) {
    const block = theme.split(`${selector} {`)[1]!.split("}")[0]!;
    for (const [, name, light, dark] of block.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)) {
      found[name!] = mode === "light" ? light! : dark!;
    }
  }
  return found;
}

/** Contrast of two colours as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

describe.each(["light", "dark"] as const)("the %s colours", (mode) => {
  it.each(PAIRS)("can be read: %s on %s", (text, ground) => {
    const plain = colours(mode, ":root");
    expect(contrast(plain[text]!, plain[ground]!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(PAIRS)("can be read well with stronger contrast: %s on %s", (text, ground) => {
    const strong = colours(mode, ":root", '[data-contrast="more"]');
    expect(contrast(strong[text]!, strong[ground]!)).toBeGreaterThanOrEqual(7);
  });

  it("show the edge of what can be operated", () => {
    const { line, card, bg } = colours(mode, ":root");
    for (const ground of [card!, bg!]) expect(contrast(line!, ground)).toBeGreaterThanOrEqual(3);
  });
});

describe("the colours of choices", () => {
  it("let white text be read on all of them, and well with stronger contrast", () => {
    const all = [...choices.matchAll(/(\[data-contrast="more"\] )?\.choice-\d \{\s+--choice: (#\w{6})/g)];
    expect(all).toHaveLength(16);
    for (const [, strong, colour] of all) expect(contrast("#ffffff", colour!)).toBeGreaterThanOrEqual(strong ? 7 : 5);
  });
});
