import { describe, expect, it } from "vitest";
import { readTyped, writeTyped } from "./typed-number";

describe("a number in a form", () => {
  it.each([0, 1969, -3, 0.5, 1234567.25, 1e15, 1e-7, -2.5e-10])("is read as it was written: %d", (number) => {
    for (const decimal of [".", ","]) expect(readTyped(writeTyped(number, decimal), decimal)).toBe(number);
  });

  it("is written without an exponent, and with the sign of the language", () => {
    expect(writeTyped(1e-7, ",")).toBe("0,0000001");
    expect(writeTyped(1.234, ",")).toBe("1,234");
  });

  it.each(["", "-", "twelve", "1e5", "1.2.3.4"])("that cannot be read stays what was typed: %j", (text) => {
    expect(readTyped(text, ".")).toBe(text);
    expect(writeTyped(text, ".")).toBe(text);
  });
});
