import { beforeEach, describe, expect, it } from "vitest";
import { deviceStorage, memoryStorage, type DeviceStorage } from "../session/device-storage";
import { spokenAddress, takePass } from "./screen-pass";
import { choicesSize, questionSize } from "./text-size";

let storage: DeviceStorage;

beforeEach(() => {
  const browser = memoryStorage();
  storage = deviceStorage(() => browser);
});

describe("the big screen's pass", () => {
  it("lasts for the tab once it was taken from the address", () => {
    takePass("#token=t&affinity=1234567-2&pin=1234567&join=https%3A%2F%2Fquiz.example%2F1234567", storage);
    expect(takePass("", storage)).toEqual({
      token: "t",
      affinity: "1234567-2",
      pin: "1234567",
      joinUrl: "https://quiz.example/1234567",
    });
  });

  it("needs nothing but the token", () => {
    expect(takePass("#token=opaque", storage)).toEqual({ token: "opaque", pin: "", affinity: "", joinUrl: "" });
  });

  it("is none without a token", () => {
    expect(takePass("", storage)).toBeNull();
    expect(takePass("#pin=1234567", storage)).toBeNull();
  });
});

describe("the address to type", () => {
  it.each([
    ["https://quiz.example/1234567", "quiz.example"],
    ["http://192.168.1.5:8000/1234567", "192.168.1.5:8000"],
    ["https://school.example/quiz/1234567", "school.example/quiz"],
    ["", "here.example"],
    ["not a url", "here.example"],
  ])("for %j is %s", (joinUrl, spoken) => {
    expect(spokenAddress(joinUrl, "https://here.example")).toBe(spoken);
  });
});

describe("the size of a text on the screen", () => {
  it("shrinks as the text grows", () => {
    expect([50, 200, 500].map((length) => questionSize("x".repeat(length)))).toEqual(["large", "medium", "small"]);
  });

  it("of choices goes by the longest, and by how many there are", () => {
    expect(choicesSize(["short", "x".repeat(40)])).toBe("large");
    expect(choicesSize(["x".repeat(40), "b", "c", "d", "e"])).toBe("medium");
    expect(choicesSize(["x".repeat(300)])).toBe("small");
    expect(choicesSize([])).toBe("large");
  });
});
