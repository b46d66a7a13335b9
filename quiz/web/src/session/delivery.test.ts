import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ack, Calls, QuestionView, State, You } from "../messages";
import { Unanswered } from "./connection";
import { AnswerDelivery, type Delivery, type PendingAnswer } from "./delivery";
import { deviceStorage, memoryStorage } from "./device-storage";

type AnswerAck = Ack<Calls["answer"]["ack"]>;

const SAVED: AnswerAck = { ok: true, status: "saved", received_at: 1_000 };
const QUEUED: AnswerAck = { ok: true, status: "queued", received_at: 1_000 };

function refusal(code: string, retry = false): AnswerAck {
  return { ok: false, error: { code, message: `because of ${code}`, retry } };
}

const QUESTION = { number: 3, of: 5, type: "choice", text: "?", opens_at: 0, closes_at: null } as QuestionView;

function snapshot(question: QuestionView | undefined, you: Partial<You> = {}): State {
  const own: You = { player_id: "p", nickname: "Ada", total: 0, rank: 1, of: 1, streak: 0, ...you };
  const state: State = { version: 5, phase: "question", now: 0, title: "", players: 1, you: own };
  return question === undefined ? state : { ...state, question };
}

/** A connection whose acks the test gives, one by one. */
class Line {
  sent: PendingAnswer[] = [];
  doubted = 0;
  #waiting: { resolve: (ack: AnswerAck) => void; reject: (error: Error) => void }[] = [];

  send(pending: PendingAnswer): Promise<AnswerAck> {
    this.sent.push(pending);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async ack(ack: AnswerAck): Promise<void> {
    this.#waiting.shift()!.resolve(ack);
    await settled();
  }

  async cut(): Promise<void> {
    this.#waiting.shift()!.reject(new Unanswered());
    await settled();
  }
}

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

let browser: Storage;
let line: Line;
let told: Delivery[];
let acked: number[];

function delivery(): AnswerDelivery {
  let ids = 0;
  return new AnswerDelivery(
    "p",
    deviceStorage(() => browser),
    {
      send: (pending) => line.send(pending),
      doubtConnection: () => (line.doubted += 1),
      changed: (now) => told.push(now),
      acked: (question) => acked.push(question),
      newId: () => `id-${++ids}`,
      random: () => 0.5,
    },
  );
}

function last(): Delivery | undefined {
  return told[told.length - 1];
}

beforeEach(() => {
  vi.useFakeTimers();
  browser = memoryStorage();
  line = new Line();
  told = [];
  acked = [];
});

afterEach(() => {
  vi.useRealTimers();
});

describe("an answer on its way", () => {
  it("is called saved only after the server has said so", async () => {
    delivery().submit(3, [1]);
    expect(told).toEqual([{ step: "sending", question: 3, answer: [1], retrying: false }]);
    await line.ack(SAVED);
    expect(last()).toEqual({ step: "saved", question: 3, answer: [1] });
    expect(acked).toEqual([3]);
  });

  it("is called queued when the server says that", async () => {
    delivery().submit(3, [1]);
    await line.ack(QUEUED);
    expect(last()?.step).toBe("queued");
  });

  it("is sent again under the same id until an ack comes", async () => {
    delivery().submit(3, [1]);
    await line.ack(refusal("unavailable", true));
    await vi.advanceTimersByTimeAsync(1_000);
    await line.cut();
    await vi.advanceTimersByTimeAsync(2_000);
    await line.ack(SAVED);
    expect(line.sent).toEqual(Array(3).fill({ question: 3, answer: [1], id: "id-1" }));
    expect(last()?.step).toBe("saved");
  });

  it("says that it is being retried, and makes sure of the connection when no ack came", async () => {
    delivery().submit(3, [1]);
    await line.cut();
    expect(last()).toMatchObject({ step: "sending", retrying: true });
    expect(line.doubted).toBe(1);
  });

  it("waits longer with each failure, but never longer than eight seconds", async () => {
    delivery().submit(3, [1]);
    for (const wait of [500, 1_000, 2_000, 4_000, 4_000, 4_000]) {
      const before = line.sent.length;
      await line.ack(refusal("unavailable", true));
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(line.sent).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(line.sent).toHaveLength(before + 1);
    }
  });

  it("is the first one given: a second tap changes nothing", async () => {
    const answers = delivery();
    answers.submit(3, [1]);
    answers.submit(3, [2]);
    await line.ack(SAVED);
    expect(line.sent.map((pending) => pending.answer)).toEqual([[1]]);
  });

  it("does not hold back the answer to the next question", async () => {
    const answers = delivery();
    answers.submit(3, [1]);
    answers.submit(4, [2]);
    await line.ack(SAVED);
    expect(line.sent.map((pending) => pending.question)).toEqual([3, 4]);
    expect(told.filter((each) => each.step === "saved")).toEqual([]);
    await line.ack(SAVED);
    expect(last()).toEqual({ step: "saved", question: 4, answer: [2] });
  });
});

describe("an answer that is refused", () => {
  it.each(["closed", "already_answered", "invalid"])("is not tried again: %s", async (code) => {
    delivery().submit(3, [1]);
    await line.ack(refusal(code));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.sent).toHaveLength(1);
    expect(last()).toEqual({ step: "refused", question: 3, answer: [1], code, message: `because of ${code}` });
  });

  it("makes room for a better one, with an id of its own", async () => {
    const answers = delivery();
    answers.submit(3, "x");
    await line.ack(refusal("invalid"));
    answers.submit(3, "y");
    expect(line.sent.map((pending) => pending.id)).toEqual(["id-1", "id-2"]);
  });
});

describe("after a new connection", () => {
  it("an answer without an ack is sent at once, not after its backoff", async () => {
    const answers = delivery();
    answers.submit(3, [1]);
    await line.cut();
    answers.resume(snapshot(QUESTION));
    expect(line.sent).toHaveLength(2);
  });

  it("an answer is not sent twice while one attempt is still out", async () => {
    const answers = delivery();
    answers.submit(3, [1]);
    answers.resume(snapshot(QUESTION));
    expect(line.sent).toHaveLength(1);
  });

  it("a snapshot that has the answer settles it as saved", async () => {
    const answers = delivery();
    answers.submit(3, [1]);
    await line.cut();
    answers.resume(snapshot(QUESTION, { answered: true, answer: [1], received_at: 9 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(last()).toEqual({ step: "saved", question: 3, answer: [1] });
    expect(line.sent).toHaveLength(1);
  });

  it("an answer to a question that is over is let go without a claim", async () => {
    const answers = delivery();
    answers.submit(3, [1]);
    await line.cut();
    answers.resume(snapshot(undefined));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(last()).toEqual({ step: "none" });
    expect(line.sent).toHaveLength(1);
  });
});

describe("after a reload", () => {
  it("an answer without an ack is sent again under its id", async () => {
    delivery().submit(3, "Jupiter");
    const reloaded = delivery();
    reloaded.resume(snapshot(QUESTION));
    expect(line.sent[1]).toEqual({ question: 3, answer: "Jupiter", id: "id-1" });
  });

  it("an acked answer is not sent again", async () => {
    delivery().submit(3, "Jupiter");
    await line.ack(SAVED);
    delivery().resume(snapshot(QUESTION));
    expect(line.sent).toHaveLength(1);
  });

  it("nonsense in the storage is left alone", () => {
    browser.setItem("quiz.pending.p", '{"question": "three"}');
    delivery().resume(snapshot(QUESTION));
    expect(line.sent).toEqual([]);
  });
});

describe("a page that is left", () => {
  it("sends nothing more, and keeps the answer for when it comes back", async () => {
    const answers = delivery();
    answers.submit(3, [1]);
    answers.stop();
    await line.cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.sent).toHaveLength(1);
    delivery().resume(snapshot(QUESTION));
    expect(line.sent).toHaveLength(2);
  });
});
