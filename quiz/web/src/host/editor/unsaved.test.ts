import { beforeEach, describe, expect, it } from "vitest";
import { deviceStorage, memoryStorage, type DeviceStorage } from "../../session/device-storage";
import { fromQuiz } from "./draft";
import { titled } from "./quizzes.fixture";
import { forgetDrafts, leaveTabName, takeTabName, UnsavedDrafts } from "./unsaved";

const DAY = 86_400_000;
const MINE = fromQuiz(titled("Mine"));
const THEIRS = fromQuiz(titled("Theirs"));

let storage: DeviceStorage;

beforeEach(() => {
  const browser = memoryStorage();
  storage = deviceStorage(() => browser);
});

function draftsOf(tab: string, quiz = "q1"): UnsavedDrafts {
  return new UnsavedDrafts(storage, quiz, tab);
}

describe("a draft that is not saved", () => {
  it("is found again by the same tab", () => {
    expect(draftsOf("a").keep(MINE, '"3"', 7)).toBe(true);
    expect(draftsOf("a").own()).toEqual({ tab: "a", draft: MINE, etag: '"3"', at: 7 });
  });

  it("belongs to its quiz", () => {
    draftsOf("a").keep(MINE, '"3"', 7);
    expect(draftsOf("a", "q2").own()).toBeNull();
    expect(draftsOf("b", "q").ofAnotherTab()).toBeNull();
  });

  it("of one tab does not take the place of another's", () => {
    draftsOf("a").keep(MINE, '"3"', 7);
    draftsOf("b").keep(THEIRS, '"3"', 8);
    draftsOf("b").forgetOwn();
    expect(draftsOf("a").own()?.draft).toEqual(MINE);
  });

  it("of another tab is offered, the newest of them", () => {
    draftsOf("a").keep(MINE, '"3"', 7);
    draftsOf("b").keep(THEIRS, '"4"', 8);
    expect(draftsOf("c").ofAnotherTab()).toMatchObject({ tab: "b", draft: THEIRS });
    draftsOf("c").forget("b");
    expect(draftsOf("c").ofAnotherTab()).toMatchObject({ tab: "a" });
    expect(draftsOf("a").ofAnotherTab()).toBeNull();
  });

  it("does not stay for ever", () => {
    draftsOf("a").keep(MINE, '"3"', 0);
    draftsOf("b", "q2").keep(THEIRS, '"1"', 31 * DAY);
    expect(draftsOf("a").own()).toBeNull();
  });

  it("goes with its quiz, and with no other", () => {
    draftsOf("a").keep(MINE, '"3"', 7);
    draftsOf("a", "q2").keep(THEIRS, '"3"', 7);
    forgetDrafts(storage, "q1");
    expect(draftsOf("a").own()).toBeNull();
    expect(draftsOf("a", "q2").own()).not.toBeNull();
  });

  it("is said not to be kept where there is no room", () => {
    const full = memoryStorage();
    full.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const drafts = new UnsavedDrafts(
      deviceStorage(() => full),
      "q1",
      "a",
    );
    expect(drafts.keep(MINE, '"3"', 7)).toBe(false);
  });

  it("that is damaged is as good as none", () => {
    storage.write("draft.q1.a", { tab: "a", draft: { title: "x" }, etag: '"1"', at: 1 });
    expect(draftsOf("a").own()).toBeNull();
    expect(draftsOf("b").ofAnotherTab()).toBeNull();
  });
});

describe("a tab", () => {
  it("keeps its name over a reload", () => {
    const name = takeTabName(storage);
    leaveTabName(storage, name);
    expect(takeTabName(storage)).toBe(name);
    expect(takeTabName(deviceStorage(memoryStorage))).not.toBe(name);
  });

  it("has not the name of the one that it is a duplicate of", () => {
    const name = takeTabName(storage);
    leaveTabName(storage, name);
    expect([takeTabName(storage), takeTabName(storage)]).toEqual([name, expect.not.stringMatching(name)]);
  });
});
