import { describe, expect, it } from "vitest";
import { begin, record, redo, undo, type History } from "./history";

function typed(...drafts: string[]): History<string> {
  return drafts.reduce((history, draft, index) => record(history, draft, "", index), begin(""));
}

describe("the history of a draft", () => {
  it("goes back and forth step by step", () => {
    const history = typed("a", "b", "c");
    expect(undo(history).present).toBe("b");
    expect(undo(undo(history)).present).toBe("a");
    expect(redo(undo(undo(history))).present).toBe("b");
  });

  it("ends at both its ends", () => {
    const history = typed("a");
    expect(undo(undo(history)).present).toBe("");
    expect(redo(history)).toBe(history);
    expect(undo(begin("a")).present).toBe("a");
  });

  it("has no future once something else is done", () => {
    const history = record(undo(typed("a", "b")), "x", "", 9);
    expect(redo(history).present).toBe("x");
    expect(undo(history).present).toBe("a");
  });

  it("takes quick edits of one thing for one step", () => {
    let history = begin("");
    for (const [index, text] of ["W", "Wh", "Why"].entries()) history = record(history, text, "1.text", index * 500);
    expect(undo(history).present).toBe("");
  });

  it("takes edits of two things, or after a pause, for two steps", () => {
    const first = record(begin(""), "a", "1.text", 0);
    expect(undo(record(first, "b", "2.text", 100)).present).toBe("a");
    expect(undo(record(first, "b", "1.text", 5_000)).present).toBe("a");
  });

  it("begins a new step after going back", () => {
    const history = undo(record(record(begin(""), "a", "", 0), "b", "1.text", 1));
    expect(undo(record(history, "c", "1.text", 2)).present).toBe("a");
  });

  it("forgets what is too long ago", () => {
    const history = typed(...Array.from({ length: 500 }, (_, index) => `${index}`));
    expect(history.past.length).toBe(100);
    expect(undo(history).present).toBe("498");
  });
});
