import { describe, expect, it } from "vitest";
import { pinOfPath, readPin, spacedPin, typedInPath } from "./pin";

describe("reading a PIN", () => {
  it.each([
    ["1234567", "plain"],
    [" 123 4567 ", "in groups"],
    ["123-4567", "with a dash"],
    ["123–4567", "with a long dash"],
    ["１２３４５６７", "in fullwidth digits"],
    ["١٢٣ ٤٥٦٧", "in Arabic digits"],
    ["۱۲۳۴۵۶۷", "in Persian digits"],
    ["१२३४५६७", "in Devanagari digits"],
    ["https://quiz.example/1234567", "in a link"],
    ["quiz.example/1234567?lang=de", "in a link with a query"],
  ])("finds it in %j: %s", (typed) => {
    expect(readPin(typed)).toBe("1234567");
  });

  it.each(["", "123456", "12345678", "abcdefg", "123 456a7", "https://quiz.example/", "https://quiz.example/12345678"])(
    "finds none in %j",
    (typed) => {
      expect(readPin(typed)).toBeNull();
    },
  );

  it("takes it from the address of a page", () => {
    expect(pinOfPath("/1234567")).toBe("1234567");
    expect(pinOfPath("/1234567/")).toBe("1234567");
    expect(pinOfPath("/")).toBeNull();
    expect(pinOfPath("/host/1234567")).toBeNull();
    expect(pinOfPath("/host%2F1234567")).toBeNull();
  });

  it.each(["/123%204567", "/123%204567/", "/1234567.", "/123-4567", "/%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6%D9%A7"])(
    "takes it from the mistyped address %s",
    (path) => {
      expect(pinOfPath(path)).toBe("1234567");
    },
  );

  it("tells what was typed into an address that holds none", () => {
    expect(pinOfPath("/12%203456")).toBeNull();
    expect(typedInPath("/12%203456")).toBe("12 3456");
    expect(typedInPath("/")).toBe("");
    expect(typedInPath("/%E0")).toBe("");
  });

  it("reads what it shows", () => {
    expect(spacedPin("1234567")).toBe("123 4567");
    expect(readPin(spacedPin("0000007"))).toBe("0000007");
    expect(spacedPin("12 3456")).toBe("12 3456");
  });
});
