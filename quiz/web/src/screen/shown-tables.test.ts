import { describe, expect, it } from "vitest";
import type { Table } from "../messages";
import { gains, ShownTables } from "./shown-tables";

function table(points: Record<string, number>): Table {
  const top = Object.entries(points).map(([nickname, points], at) => ({ rank: at + 1, nickname, points }));
  return { top, of: top.length };
}

const first = table({ Ada: 900, Bo: 500 });
const second = table({ Bo: 1_400, Ada: 900, Cem: 700 });

describe("the standings shown before", () => {
  it("are none for the first", () => {
    expect(new ShownTables().before(first)).toBeNull();
  });

  it("are the last ones that were different", () => {
    const tables = new ShownTables();
    tables.before(first);
    expect(tables.before(second)).toBe(first);
    expect(tables.before(structuredClone(second))).toBe(first);
  });
});

describe("what players have won", () => {
  it("is the difference for those listed both times who have more", () => {
    expect(gains(first, second)).toEqual(new Map([["Bo", 900]]));
  });

  it("is not known the first time, and nothing when a question was made void", () => {
    expect(gains(null, first)).toEqual(new Map());
    expect(gains(second, first)).toEqual(new Map());
  });
});
