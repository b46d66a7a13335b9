import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../i18n/translate";
import { alternatives, suggestion, type Halves } from "./suggest";

const ALL = Object.entries(import.meta.glob<Halves>("./nicknames/*.ts", { import: "default", eager: true }));

describe.each(ALL)("the words of %s", (_, { first, second }) => {
  it("give hundreds of names, all of them short enough", () => {
    const names = new Set(first.flatMap((one) => second.map((other) => `${one} ${other}`)));
    expect(names.size).toBeGreaterThanOrEqual(900);
    for (const name of names) expect(name.length, name).toBeLessThanOrEqual(20);
  });
});

describe("a suggestion", () => {
  it("is made in every language of the pages, and in English for others", async () => {
    for (const language of LANGUAGES) expect(await suggestion(language)).toMatch(/^\S+ \S+$/);
    expect(await suggestion("xx", () => 0)).toBe(await suggestion("en", () => 0));
    expect(await suggestion("de", () => 0)).not.toBe(await suggestion("en", () => 0));
  });
});

describe("alternatives to a name that is taken", () => {
  it("are that name with a number, and other names", async () => {
    const names = await alternatives(" Ada ", "en", 3);
    expect(names[0]).toMatch(/^Ada \d+$/);
    expect(new Set(names).size).toBe(3);
  });

  it("do not heap number upon number", async () => {
    expect((await alternatives("Ada 7", "en", 1))[0]).toMatch(/^Ada \d+$/);
  });

  it("leave out what would be too long", async () => {
    const names = await alternatives("Bartholomew Ferguson", "en", 3);
    expect(names.some((name) => name.startsWith("Bart"))).toBe(false);
  });
});
