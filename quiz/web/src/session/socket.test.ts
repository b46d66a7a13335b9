import type { Socket as StockSocket } from "socket.io-client";
import { describe, expect, it } from "vitest";
import { newSocket } from "./socket";

describe("a socket's affinity", () => {
  it("is the pass's own, another on each detour, and its own again afterwards", () => {
    const socket = newSocket({ token: "t", affinity: "1234567" });
    const options = (socket as unknown as StockSocket).io.opts;
    const affinities = [0, 1, 2, 0].map((detour) => {
      socket.detour(detour);
      return options.query?.affinity;
    });
    expect(affinities).toEqual(["1234567", "1234567-1", "1234567-2", "1234567"]);
  });
});
