import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { QuizVersion } from "../../api/quizzes";
import { ApiError, NoAnswer } from "../../api/request";
import { Autosave, type QuizService, type SaveStatus } from "./autosave";
import { titled } from "./quizzes.fixture";

/** A service that keeps one quiz, and can be told to fail. */
class Shelf implements QuizService {
  revision = 1;
  quiz = titled("First");
  calls = 0;
  /** What the next calls throw. */
  failures: unknown[] = [];
  /** Whether a failing call has done its work all the same. */
  answersLost = false;

  async read(): Promise<QuizVersion> {
    return { quiz: this.quiz, etag: `"${this.revision}"` };
  }

  async replace({ quiz, etag }: QuizVersion): Promise<string> {
    this.calls += 1;
    const failure = this.failures.shift();
    if (failure === undefined || this.answersLost) {
      if (etag !== `"${this.revision}"`) throw new ApiError(412, "precondition_failed", "");
      this.revision += 1;
      this.quiz = quiz;
    }
    if (failure !== undefined) throw failure;
    return `"${this.revision}"`;
  }
}

let shelf: Shelf;
let seen: SaveStatus["at"][];
let last: SaveStatus;
let autosave: Autosave;

beforeEach(async () => {
  vi.useFakeTimers();
  shelf = new Shelf();
  seen = [];
  const hear = (status: SaveStatus) => {
    last = status;
    seen.push(status.at);
  };
  autosave = new Autosave(shelf, await shelf.read(), hear, () => 0.5);
});

afterEach(() => {
  vi.useRealTimers();
});

async function pass(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
}

async function changedElsewhere() {
  shelf.quiz = titled("Theirs");
  shelf.revision += 1;
  autosave.change(titled("Mine"));
  await pass(1_000);
}

describe("a change", () => {
  it("is saved when none follows it for a moment", async () => {
    autosave.change(titled("Second"));
    expect(seen).toEqual(["waiting"]);
    await pass(700);
    expect(shelf.calls).toBe(0);
    await pass(200);
    expect(shelf.quiz.title).toBe("Second");
    expect(seen).toEqual(["waiting", "saving", "saved"]);
  });

  it("that others follow is saved with them", async () => {
    for (const title of ["S", "Se", "Sec"]) {
      autosave.change(titled(title));
      await pass(300);
    }
    await pass(1_000);
    expect([shelf.calls, shelf.quiz.title]).toEqual([1, "Sec"]);
  });

  it("is saved on the version the last one made", async () => {
    for (const title of ["Second", "Third"]) {
      autosave.change(titled(title));
      await pass(1_000);
    }
    expect([shelf.revision, shelf.quiz.title, last.at]).toEqual([3, "Third", "saved"]);
  });

  it("made while another is being saved is not taken for saved", async () => {
    let finish = () => {};
    const replace = shelf.replace.bind(shelf);
    vi.spyOn(shelf, "replace").mockImplementationOnce(async (version) => {
      await new Promise<void>((resolve) => (finish = resolve));
      return replace(version);
    });
    autosave.change(titled("Second"));
    await pass(1_000);
    autosave.change(titled("Third"));
    finish();
    await pass(0);
    expect(last.at).toBe("waiting");
    await pass(1_000);
    expect([shelf.quiz.title, last.at]).toEqual(["Third", "saved"]);
  });

  it("taken back is nothing to save", async () => {
    autosave.change(titled("Second"));
    autosave.change(titled("First"));
    await pass(1_000);
    expect([shelf.calls, last.at]).toEqual([0, "saved"]);
  });

  it("is saved at once in a hurry", async () => {
    autosave.change(titled("Second"));
    autosave.hurry();
    await pass(0);
    expect(last.at).toBe("saved");
  });

  it("is still sent when the page is left", async () => {
    autosave.change(titled("Second"));
    autosave.close();
    await pass(0);
    expect(shelf.quiz.title).toBe("Second");
  });

  it("made while another is being saved is still sent when the page is left", async () => {
    let finish = () => {};
    const replace = shelf.replace.bind(shelf);
    vi.spyOn(shelf, "replace").mockImplementationOnce(async (version) => {
      await new Promise<void>((resolve) => (finish = resolve));
      return replace(version);
    });
    autosave.change(titled("Second"));
    await pass(1_000);
    autosave.change(titled("Third"));
    autosave.close();
    finish();
    await pass(0);
    expect([shelf.quiz.title, last.at]).toEqual(["Third", "saved"]);
  });
});

describe("what cannot be saved yet", () => {
  it("waits until it can be", async () => {
    autosave.change(null);
    await pass(60_000);
    expect([shelf.calls, last.at]).toEqual([0, "invalid"]);
    autosave.change(titled("Second"));
    await pass(1_000);
    expect([shelf.quiz.title, last.at]).toEqual(["Second", "saved"]);
  });

  it("keeps an earlier change from being sent after all", async () => {
    autosave.change(titled("Second"));
    autosave.change(null);
    await pass(60_000);
    expect(shelf.calls).toBe(0);
  });

  it("is tried again after a change when the service refused it", async () => {
    shelf.failures = [new ApiError(422, "invalid", "No.", { title: "Not that." })];
    autosave.change(titled("Second"));
    await pass(60_000);
    expect([shelf.calls, last.at]).toEqual([1, "refused"]);
    autosave.change(titled("Third"));
    await pass(1_000);
    expect([shelf.quiz.title, last.at]).toEqual(["Third", "saved"]);
  });
});

describe("a service that does not answer", () => {
  it("is tried again and again, ever less often, until it does", async () => {
    shelf.failures = Array.from({ length: 4 }, () => new NoAnswer());
    autosave.change(titled("Second"));
    await pass(1_000);
    expect(last.at).toBe("retrying");
    await pass(1_500);
    expect(shelf.calls).toBe(2);
    await pass(1_500);
    expect(shelf.calls).toBe(2);
    await pass(20_000);
    expect([shelf.calls, shelf.quiz.title, last.at]).toEqual([5, "Second", "saved"]);
  });

  it("is tried at once when the network is back", async () => {
    shelf.failures = [new NoAnswer()];
    autosave.change(titled("Second"));
    await pass(1_000);
    autosave.hurry();
    await pass(0);
    expect(last.at).toBe("saved");
  });

  it("is not tried more often because somebody types", async () => {
    shelf.failures = Array.from({ length: 9 }, () => new NoAnswer());
    autosave.change(titled("Second"));
    await pass(10_000);
    const calls = shelf.calls;
    for (const letter of "abc") autosave.change(titled(letter));
    await pass(1_000);
    expect(shelf.calls).toBeLessThanOrEqual(calls + 1);
    await pass(120_000);
    expect([shelf.quiz.title, last.at]).toEqual(["c", "saved"]);
  });

  it("is waited for as long as it asks", async () => {
    shelf.failures = [new ApiError(503, "unavailable", "", {}, 7)];
    autosave.change(titled("Second"));
    await pass(7_500);
    expect(shelf.calls).toBe(1);
    await pass(500);
    expect(last.at).toBe("saved");
  });

  it("may have kept what it did not answer, which is no conflict", async () => {
    shelf.answersLost = true;
    shelf.failures = [new NoAnswer()];
    autosave.change(titled("Second"));
    await pass(5_000);
    expect([shelf.revision, shelf.quiz.title, last.at]).toEqual([2, "Second", "saved"]);
    autosave.change(titled("Third"));
    await pass(1_000);
    expect([shelf.quiz.title, last.at]).toEqual(["Third", "saved"]);
  });

  it("may have kept what was changed since, which is no conflict either", async () => {
    shelf.answersLost = true;
    shelf.failures = [new NoAnswer()];
    autosave.change(titled("Second"));
    await pass(1_000);
    autosave.change(titled("First"));
    expect(last.at).toBe("retrying");
    await pass(10_000);
    expect([shelf.quiz.title, last.at]).toEqual(["First", "saved"]);
  });

  it("is left alone once the page is left", async () => {
    shelf.failures = Array.from({ length: 9 }, () => new NoAnswer());
    autosave.change(titled("Second"));
    await pass(1_000);
    autosave.close();
    await pass(60_000);
    expect(shelf.calls).toBe(2);
  });
});

describe("a change that others have made meanwhile", () => {
  it("is shown and not written over", async () => {
    await changedElsewhere();
    expect(last).toMatchObject({ at: "conflict", other: { quiz: titled("Theirs"), etag: '"2"' } });
    autosave.change(titled("Mine, longer"));
    await pass(60_000);
    expect([shelf.calls, shelf.quiz.title]).toEqual([1, "Theirs"]);
  });

  it("is written over when the quiz master says so, with all that was written since", async () => {
    await changedElsewhere();
    autosave.change(titled("Mine, longer"));
    autosave.keepMine();
    await pass(1_000);
    expect([shelf.quiz.title, last.at]).toEqual(["Mine, longer", "saved"]);
  });

  it("is not written over when there was yet another in the meantime", async () => {
    await changedElsewhere();
    shelf.quiz = titled("Theirs again");
    shelf.revision += 1;
    autosave.keepMine();
    await pass(1_000);
    expect([shelf.quiz.title, last.at]).toEqual(["Theirs again", "conflict"]);
  });

  it("is gone on from when the quiz master says so", async () => {
    await changedElsewhere();
    autosave.takeOther({ quiz: titled("Theirs"), etag: '"2"' });
    expect(last.at).toBe("saved");
    autosave.change(titled("Theirs, longer"));
    await pass(1_000);
    expect([shelf.quiz.title, last.at]).toEqual(["Theirs, longer", "saved"]);
  });

  it("that is the same as one's own is no conflict", async () => {
    shelf.quiz = titled("Mine");
    shelf.revision += 1;
    autosave.change(titled("Mine"));
    await pass(1_000);
    expect(last.at).toBe("saved");
  });

  it("is asked about at once for a draft made on an older version", async () => {
    autosave.change(titled("Mine"));
    autosave.disagree(await shelf.read());
    await pass(60_000);
    expect([shelf.calls, last.at]).toEqual([0, "conflict"]);
  });

  it("waits for what is written to become whole again", async () => {
    await changedElsewhere();
    autosave.change(null);
    autosave.keepMine();
    await pass(1_000);
    expect([shelf.quiz.title, last.at]).toEqual(["Theirs", "invalid"]);
    autosave.change(titled("Mine"));
    await pass(1_000);
    expect(shelf.quiz.title).toBe("Mine");
  });
});

describe("nothing more is tried", () => {
  it.each([
    [401, "unauthorized", "signed_out"],
    [404, "not_found", "gone"],
  ])("after %i", async (status, code, at) => {
    shelf.failures = [new ApiError(status, code, "")];
    autosave.change(titled("Second"));
    await pass(1_000);
    autosave.change(titled("Third"));
    await pass(60_000);
    expect([shelf.calls, last.at]).toEqual([1, at]);
  });
});
