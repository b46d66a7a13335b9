import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerEvent } from "../messages";
import { Connection, Unanswered, type Link } from "./connection";
import type { Socket, Transport } from "./socket";

/** A socket that does what the test says and keeps what was asked of it. */
class ScriptedSocket implements Socket {
  connected = false;
  dials = 0;
  transports: Transport[] = [];
  detours: number[] = [];
  calls: { event: string; args: unknown[]; ack: (ack: unknown) => void; fail: (error: Error) => void }[] = [];
  #handlers = new Map<string, (argument: unknown) => void>();

  connect() {
    this.dials += 1;
  }

  beginWith(transport: Transport) {
    this.transports.push(transport);
  }

  detour(number: number) {
    this.detours.push(number);
  }

  disconnect() {
    if (this.connected) this.drop("io client disconnect");
  }

  on(event: string, handler: (argument: unknown) => void) {
    this.#handlers.set(event, handler);
  }

  timeout(ms: number) {
    return {
      emitWithAck: (event: string, ...args: unknown[]) =>
        new Promise<unknown>((ack, fail) => {
          this.calls.push({ event, args, ack, fail });
          setTimeout(() => fail(new Error("operation has timed out")), ms);
        }),
    };
  }

  accept() {
    this.connected = true;
    this.emit("connect", undefined);
  }

  refuse(code?: string) {
    this.emit("connect_error", code === undefined ? new Error("xhr") : Object.assign(new Error(), { data: { code } }));
  }

  drop(reason = "transport close") {
    this.connected = false;
    this.emit("disconnect", reason);
    for (const { fail } of this.calls) fail(new Error("socket has been disconnected"));
  }

  emit(event: string, argument: unknown) {
    this.#handlers.get(event)?.(argument);
  }
}

let socket: ScriptedSocket;
let links: Link[];
let events: ServerEvent[];
let random: number;
let network: boolean;
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers();
  [socket, links, events, random, network] = [new ScriptedSocket(), [], [], 0.5, true];
  connection = new Connection(
    socket,
    { event: (event) => events.push(event), link: (link) => links.push(link) },
    { random: () => random, hasNetwork: () => network },
  );
  connection.open();
});

afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

describe("a connection", () => {
  it("says how it is", async () => {
    socket.accept();
    socket.drop();
    await pass(500);
    socket.accept();
    expect(links).toEqual(["connecting", "online", "reconnecting", "reconnecting", "online"]);
  });

  it("says that there is no network when the device has none", async () => {
    socket.accept();
    network = false;
    socket.drop();
    expect(links[links.length - 1]).toBe("offline");
  });

  it("comes back within a second at a moment of its own", async () => {
    socket.accept();
    socket.drop();
    await pass(499);
    expect(socket.dials).toBe(1);
    await pass(1);
    expect(socket.dials).toBe(2);
  });

  it("waits longer with each failure, up to ten seconds", async () => {
    random = 0.9999;
    for (const longest of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      const before = socket.dials;
      socket.refuse("try_again");
      await pass(longest - 2);
      expect(socket.dials).toBe(before);
      await pass(2);
      expect(socket.dials).toBe(before + 1);
    }
  });

  it("begins every other attempt with polling when it never got in", async () => {
    for (let failure = 0; failure < 3; failure++) {
      socket.refuse();
      await pass(10_000);
    }
    expect(socket.transports).toEqual(["websocket", "polling", "websocket", "polling"]);
  });

  it("stays with websockets for a while when they have worked before", async () => {
    socket.accept();
    socket.drop();
    for (let failure = 0; failure < 3; failure++) {
      await pass(10_000);
      socket.refuse();
    }
    expect(socket.transports).toEqual(["websocket", "websocket", "websocket", "polling"]);
  });

  it("counts failures anew once it has lasted", async () => {
    for (let failure = 0; failure < 5; failure++) {
      socket.refuse();
      await pass(10_000);
    }
    socket.accept();
    await pass(5_000);
    const before = socket.dials;
    socket.drop();
    await pass(500);
    expect(socket.dials).toBe(before + 1);
  });

  it("gives up for good when its token is no longer good", async () => {
    socket.refuse("unauthorized");
    await pass(60_000);
    expect(links[links.length - 1]).toBe("refused");
    expect(socket.dials).toBe(1);
  });

  it("dials again when it is let in but never greeted", async () => {
    await pass(21_000);
    expect(socket.dials).toBe(2);
  });

  it("leaves a node that goes away at a random moment within the time given", async () => {
    socket.accept();
    random = 0.25;
    socket.emit("draining", { version: 1, reconnect_within_ms: 8_000 });
    await pass(1_999);
    expect(socket.dials).toBe(1);
    await pass(1);
    expect(socket.dials).toBe(2);
    expect(socket.connected).toBe(false);
  });

  it("keeps the moment it drew when the node that goes away cuts it off before", async () => {
    socket.accept();
    random = 0.25;
    socket.emit("draining", { version: 1, reconnect_within_ms: 8_000 });
    await pass(500);
    random = 0.001;
    socket.drop();
    expect(links[links.length - 1]).toBe("reconnecting");
    await pass(1_499);
    expect(socket.dials).toBe(1);
    await pass(1);
    expect(socket.dials).toBe(2);
  });

  it("waits as after any loss once it has left a node that went away", async () => {
    socket.accept();
    socket.emit("draining", { version: 1, reconnect_within_ms: 8_000 });
    socket.drop();
    await pass(4_000);
    socket.accept();
    socket.drop();
    await pass(500);
    expect(socket.dials).toBe(3);
  });

  it("turns to other nodes after two failed dials, and to its own again after a success", async () => {
    for (let failure = 0; failure < 3; failure++) {
      socket.refuse();
      await pass(10_000);
    }
    socket.accept();
    socket.drop();
    await pass(10_000);
    expect(socket.detours).toEqual([0, 0, 1, 2, 0]);
  });

  it("turns to another node when its own hangs", async () => {
    await pass(20_000 + 500 + 20_000 + 1_000);
    expect(socket.detours).toEqual([0, 0, 1]);
  });

  it("stays away once it is closed", async () => {
    socket.accept();
    connection.close();
    await pass(60_000);
    expect(socket.dials).toBe(1);
  });

  it("passes events on with their names", () => {
    socket.accept();
    socket.emit("kicked", { version: 4, reason: "by the host" });
    expect(events).toEqual([{ name: "kicked", payload: { version: 4, reason: "by the host" } }]);
  });
});

describe("a call", () => {
  it("resolves to its ack", async () => {
    socket.accept();
    const answer = connection.call("start", { version: 1 });
    socket.calls[0]!.ack({ ok: true, version: 2 });
    await expect(answer).resolves.toEqual({ ok: true, version: 2 });
    expect(socket.calls[0]).toMatchObject({ event: "start", args: [{ version: 1 }] });
  });

  it("without a payload sends none", async () => {
    socket.accept();
    void connection.call("time", undefined).catch(() => {});
    expect(socket.calls[0]!.args).toEqual([]);
  });

  it("is not kept for later while there is no connection", async () => {
    await expect(connection.call("start", { version: 1 })).rejects.toBeInstanceOf(Unanswered);
    expect(socket.calls).toEqual([]);
  });

  it("that gets no ack in time is unanswered", async () => {
    socket.accept();
    const answer = expect(connection.call("start", { version: 1 })).rejects.toBeInstanceOf(Unanswered);
    await pass(6_000);
    await answer;
  });
});

describe("a probe", () => {
  it("leaves a connection alone that answers", async () => {
    socket.accept();
    const probe = connection.probe();
    socket.calls[0]!.ack({ ok: true, now: 1 });
    await probe;
    expect(socket.dials).toBe(1);
  });

  it("replaces a connection at once that only looks alive", async () => {
    socket.accept();
    const probe = connection.probe();
    await pass(4_000);
    await probe;
    expect(socket.dials).toBe(2);
  });

  it("keeps the jitter when the connection is lost while it asks", async () => {
    socket.accept();
    const probe = connection.probe();
    socket.drop();
    await probe;
    expect(socket.dials).toBe(1);
    await pass(500);
    expect(socket.dials).toBe(2);
  });

  it("dials at once when there is no connection, for the device has just woken", async () => {
    socket.accept();
    socket.drop();
    await connection.probe();
    expect(socket.dials).toBe(2);
  });
});
