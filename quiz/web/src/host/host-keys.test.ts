import { beforeEach, describe, expect, it } from "vitest";
import { deviceStorage, memoryStorage, type DeviceStorage } from "../session/device-storage";
import { takePass } from "../screen/screen-pass";
import { Account } from "./account";
import { HostKeys } from "./host-keys";
import { consolePath, screenAddress, sessionOfPath } from "./routes";

const PASS = {
  pin: "1234567",
  host_token: "host",
  screen_token: "screen",
  affinity: "1234567",
  join_url: "https://quiz.example/1234567",
};
const DAY = 86_400_000;

let storage: DeviceStorage;

beforeEach(() => {
  const browser = memoryStorage();
  storage = deviceStorage(() => browser);
});

describe("a host's keys", () => {
  it("are found again by their session", () => {
    const keys = new HostKeys(storage);
    keys.keep("s1", PASS, 0);
    expect(new HostKeys(storage).of("s1")).toMatchObject({ ...PASS, sessionId: "s1" });
    expect(keys.of("s2")).toBeNull();
  });

  it("are the newest ones when the game is taken over anew", () => {
    const keys = new HostKeys(storage);
    keys.keep("s1", PASS, 0);
    keys.keep("s1", { ...PASS, host_token: "newer" }, 1);
    expect(keys.of("s1")).toMatchObject({ host_token: "newer" });
  });

  it("go when the quiz master signs out", () => {
    const keys = new HostKeys(storage);
    keys.keep("s1", PASS, 0);
    keys.keep("s2", PASS, 0);
    keys.forgetAll();
    expect([keys.of("s1"), keys.of("s2")]).toEqual([null, null]);
  });

  it("do not pile up", () => {
    const keys = new HostKeys(storage);
    keys.keep("old", PASS, 0);
    keys.keep("new", PASS, 8 * DAY);
    expect(keys.of("old")).toBeNull();
  });
});

describe("a signed-in quiz master", () => {
  it("stays so until the token runs out", () => {
    const account = new Account(storage);
    account.keep({ token: "t", expires_at: 1_000 });
    expect(account.token(999)).toBe("t");
    expect(account.token(1_000)).toBeNull();
  });

  it("is nobody after signing out", () => {
    const account = new Account(storage);
    account.keep({ token: "t", expires_at: 1_000 });
    account.forget();
    expect(account.token(0)).toBeNull();
  });
});

describe("addresses", () => {
  it("lead to the console of a session and back", () => {
    expect(sessionOfPath(consolePath("a/b c"))).toBe("a/b c");
    expect(sessionOfPath("/host")).toBeNull();
    expect(sessionOfPath("/host/game/")).toBeNull();
  });

  it("hand the big screen all it needs, behind the #", () => {
    const address = screenAddress(PASS);
    expect(address.startsWith("/screen#")).toBe(true);
    const pass = takePass(address.slice(address.indexOf("#")), storage);
    expect(pass).toEqual({ token: "screen", affinity: "1234567", pin: "1234567", joinUrl: PASS.join_url });
  });
});
