import { describe, expect, it } from "vitest";
import { everyone } from "./everyone";
import { closedQuestions, nextStep } from "./next-step";

describe("the next step", () => {
  it.each([
    ["lobby", 0, "start", "console.start"],
    ["question", 1, "close", "console.close_question"],
    ["reveal", 1, "next", "console.show_standings"],
    ["standings", 1, "next", "console.next_question"],
    ["standings", 5, "next", "console.finish"],
  ] as const)("in %s after question %i of 5 is %s", (phase, last, command, label) => {
    expect(nextStep(phase, last, 5)).toEqual({ command, label });
  });

  it("is none once the game is over", () => {
    expect(nextStep("finished", 5, 5)).toBeNull();
  });
});

describe("questions that are over", () => {
  it.each([
    ["lobby", 0, []],
    ["question", 1, []],
    ["question", 3, [1, 2]],
    ["reveal", 3, [1, 2, 3]],
    ["finished", 2, [1, 2]],
  ] as const)("in %s with question %i are %j", (phase, last, closed) => {
    expect(closedQuestions(phase, last)).toEqual(closed);
  });
});

describe("everyone seated", () => {
  const [ada, bo, edith] = ["Ada", "Bo", "Édith"].map((nickname) => ({ player_id: nickname, nickname }));

  it("is listed once, the newest first", () => {
    expect(everyone([ada!, bo!], [bo!, edith!], [], "")).toEqual([bo, ada, edith]);
  });

  it("is found by a part of the name, whatever its case and accents", () => {
    expect(everyone([ada!, bo!, edith!], [], [], "EDI")).toEqual([edith]);
  });

  it("leaves out who was removed", () => {
    expect(everyone([ada!, bo!], [ada!], [ada!], "")).toEqual([bo]);
  });
});
