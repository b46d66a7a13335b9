import { describe, expect, it } from "vitest";
import type { QuestionReport } from "../../api/reports";
import { learnHostWords } from "../../i18n/host-words";
import { distribution } from "./distribution";
import { answerText, formatSeconds, formatShare, rightTexts } from "./figures";

learnHostWords();

const QUESTION = { players: 10, answered: 10, right: 0, partly: 0, wrong: 0, counts: null, choices: null };
const CHOICE = { ...QUESTION, type: "choice", choices: ["Oslo", "Nuuk"], counts: [6, 4], correct: [1] };

function lines(question: object): unknown[] {
  return distribution(question as QuestionReport).map(({ label, count, right, share }) => [label, count, right, share]);
}

describe("the distribution of answers", () => {
  it("has a line for each choice, by all players", () => {
    expect(lines(CHOICE)).toEqual([
      ["Oslo", 6, false, 0.6],
      ["Nuuk", 4, true, 0.4],
    ]);
  });

  it("calls nothing in a poll right or wrong", () => {
    expect(distribution({ ...CHOICE, type: "poll", correct: [] } as unknown as QuestionReport).map((each) => each.right)).toEqual(
      [null, null],
    );
  });

  it("tells right from wrong where there are no choices, and partly right only when there was any", () => {
    expect(lines({ ...QUESTION, type: "text", right: 7, wrong: 3 })).toEqual([
      ["Right", 7, true, 0.7],
      ["Wrong", 3, false, 0.3],
    ]);
    expect(lines({ ...QUESTION, type: "order", right: 5, partly: 2, wrong: 3 })).toContainEqual([
      "Partly right",
      2,
      null,
      0.2,
    ]);
  });

  it("shows who gave no answer", () => {
    expect(lines({ ...CHOICE, answered: 8, counts: [4, 4] })).toContainEqual(["No answer", 2, null, 0.2]);
  });

  it("can be drawn when nobody was there", () => {
    expect(lines({ ...CHOICE, players: 0, answered: 0, counts: [0, 0] })).toEqual([
      ["Oslo", 0, false, 0],
      ["Nuuk", 0, true, 0],
    ]);
  });
});

describe("figures", () => {
  it("are written as people write them", () => {
    expect(formatShare(2 / 3)).toBe("67%");
    expect(formatSeconds(3456)).toBe("3.5 sec");
    expect([1969, 1234.5, 56_789.25].map(answerText)).toEqual(["1969", "1234.5", "56,789.25"]);
  });

  it("tell what was right", () => {
    expect(rightTexts({ correct: 27, tolerance: 1 } as QuestionReport)).toEqual(["27 ± 1"]);
    expect(rightTexts({ correct: 27, tolerance: 0 } as QuestionReport)).toEqual(["27"]);
    expect(rightTexts({ correct: ["atom", "cell"], tolerance: null } as unknown as QuestionReport)).toEqual([
      "atom",
      "cell",
    ]);
  });
});
