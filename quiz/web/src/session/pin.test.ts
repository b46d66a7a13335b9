import { describe, expect, it } from "vitest";
import { pinOfPath, readPin, spacedPin } from "./pin";

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
  });

  it("reads what it shows", () => {
    expect(spacedPin("1234567")).toBe("123 4567");
    expect(readPin(spacedPin("0000007"))).toBe("0000007");
  });
});
