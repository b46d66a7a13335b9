import { describe, expect, it } from "vitest";
import { consolePath, editorPath, quizOfPath, reportOfPath, reportPath, sessionOfPath } from "./routes";

describe("the address", () => {
  it.each([
    [sessionOfPath, consolePath],
    [quizOfPath, editorPath],
    [reportOfPath, reportPath],
  ])("says what is shown", (read, write) => {
    expect(read(write("a b/1"))).toBe("a b/1");
    expect(read("/host")).toBeNull();
  });

  it("that was cut short shows no blank page", () => {
    expect(quizOfPath("/host/quiz/%E0%A4%A")).toBe("%E0%A4%A");
  });
});
