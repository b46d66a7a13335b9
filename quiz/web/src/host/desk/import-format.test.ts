import { describe, expect, it } from "vitest";
import { tellFormat, titleOfFile } from "./import-format";

describe("the format of a file", () => {
  it.each([
    ["Quiz.XLSX", "PK", "kahoot_xlsx"],
    ["quiz.csv", "a,b", "csv"],
    ["quiz.json", "{}", "json"],
    ["quiz.gift", "", "gift"],
    ["animals", "\n#Q How many legs?\n^ Eight\nA Eight\n", "opentriviaqa"],
    ["animals.txt", "#Q How many legs?\r\n^ Eight\r\n", "opentriviaqa"],
    ["exam.txt", "::Q1:: Who? {=Ada ~Bo}", "gift"],
    ["exam.txt", "Water is wet.{TRUE}", "gift"],
    ["notes.txt", "Just some notes", null],
    ["noending", "", null],
  ] as const)("of %s is told", (name, head, format) => {
    expect(tellFormat(name, head)).toBe(format);
  });

  it("gives a title out of its name", () => {
    expect(titleOfFile("pub_quiz-2026.csv")).toBe("pub quiz 2026");
    expect(titleOfFile("animals")).toBe("animals");
  });
});
