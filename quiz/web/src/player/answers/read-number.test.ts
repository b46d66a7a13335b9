import { describe, expect, it } from "vitest";
import { moved } from "./order";
import { readNumber } from "./read-number";

describe("reading a number", () => {
  it.each([
    ["1969", 1969],
    ["-12", -12],
    ["−12", -12],
    ["+7", 7],
    [" 1 969 ", 1969],
    ["1'234'567", 1234567],
    ["0.5", 0.5],
    [".5", 0.5],
    ["3.", 3],
    ["１２", 12],
    ["١٩٦٩", 1969],
    ["٣٫٥", 3.5],
    ["١٬٢٣٤٬٥٦٧", 1234567],
    ["۱۲", 12],
    ["1,234,567", 1234567],
    ["1.234.567", 1234567],
    ["1,234.5", 1234.5],
    ["1.234,5", 1234.5],
    ["1,5", 1.5],
    ["0,125", 0.125],
  ])("reads %j in any language", (typed, number) => {
    expect(readNumber(typed, ".")).toBe(number);
    expect(readNumber(typed, ",")).toBe(number);
  });

  it("takes one group of three digits for thousands where the sign is not the decimal one", () => {
    expect(readNumber("1,500", ".")).toBe(1500);
    expect(readNumber("1,500", ",")).toBe(1.5);
    expect(readNumber("1.500", ",")).toBe(1500);
    expect(readNumber("1.500", ".")).toBe(1.5);
  });

  it.each(["", "-", "abc", "12 apples", "1e5", "0x10", "1..2", "1,2,3", "--1", "Infinity", "9999999999999999999"])(
    "refuses %j",
    (typed) => {
      expect(readNumber(typed, ".")).toBeNull();
    },
  );
});

describe("moving an item", () => {
  it("swaps it with its neighbour", () => {
    expect(moved([0, 1, 2], 1, -1)).toEqual([1, 0, 2]);
    expect(moved([0, 1, 2], 1, 1)).toEqual([0, 2, 1]);
  });

  it("changes nothing at the ends", () => {
    expect(moved([0, 1, 2], 0, -1)).toEqual([0, 1, 2]);
    expect(moved([0, 1, 2], 2, 1)).toEqual([0, 1, 2]);
  });
});
