import { describe, expect, it } from "vitest";
import { fromQuiz, type QuestionDraft } from "./draft";
import { QUESTIONS, quizOf } from "./quizzes.fixture";
import { viewOf } from "./view";

const DRAFT = fromQuiz(quizOf(...Object.values(QUESTIONS)));
const [CHOICE, NUMERIC, , ORDER, POLL] = DRAFT.rounds[0]!.questions as [
  QuestionDraft,
  QuestionDraft,
  QuestionDraft,
  QuestionDraft,
  QuestionDraft,
];

function seen(question: QuestionDraft) {
  return viewOf(DRAFT, question, "…");
}

describe("a preview", () => {
  it("says where in the quiz the question stands", () => {
    expect(seen(ORDER)).toMatchObject({ number: 4, of: 5, round: "Round 1" });
  });

  it("does not tell what is right", () => {
    expect(JSON.stringify([seen(CHOICE), seen(NUMERIC)])).not.toMatch(/correct|1969/);
    expect(seen(ORDER).items).toEqual(["cat", "cell", "atom"]);
  });

  it("leaves out blank choices, but shows two at least", () => {
    const texts = (...lines: string[]) => lines.map((text) => ({ text, correct: false }));
    expect(seen({ ...CHOICE, choices: texts("a", "", "b", " ") }).choices).toEqual(["a", "b"]);
    expect(seen({ ...CHOICE, choices: texts("", "a") }).choices).toEqual(["a", "…"]);
    expect(seen({ ...CHOICE, choices: [] }).choices).toEqual(["…", "…"]);
  });

  it("has no points for a poll, and none while they cannot be read", () => {
    expect(seen(POLL).points).toBe(0);
    expect(seen({ ...CHOICE, points: "many" }).points).toBe(0);
  });

  it("has the picture that it is given, and none otherwise", () => {
    expect(viewOf(DRAFT, CHOICE, "…", "https://a.example/b.png").image).toBe("https://a.example/b.png");
    expect("image" in seen(CHOICE)).toBe(false);
  });

  it("has no end while there is no time limit to be read", () => {
    expect(seen({ ...CHOICE, timeLimit: null }).closes_at).toBeNull();
    expect(seen({ ...CHOICE, timeLimit: "long" }).closes_at).toBeNull();
    expect(seen({ ...CHOICE, timeLimit: 30 }).closes_at).toBe(30_000);
  });
});
