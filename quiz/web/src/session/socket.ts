/** The stock Socket.IO client, set up for this service. */

import { io } from "socket.io-client";

/** Long polling is upgraded to a websocket when that turns out to work. */
export type Transport = "websocket" | "polling";

/** What a connection needs of a Socket.IO socket. */
export interface Socket {
  readonly connected: boolean;
  connect(): unknown;
  disconnect(): unknown;
  on(event: string, handler: (argument: any) => void): unknown;
  /** Which transport the next attempt begins with. */
  beginWith(transport: Transport): void;
  /** Where the next attempt goes: 0 to the node of the pass's affinity, any other number most likely to another. */
  detour(number: number): void;
  timeout(ms: number): { emitWithAck(event: string, ...args: unknown[]): Promise<unknown> };
}

/** What opens the door: a token, and the hint that keeps a room's clients together on one node. */
export interface Pass {
  token: string;
  affinity: string;
}

const ORDER: Record<Transport, Transport[]> = {
  websocket: ["websocket", "polling"],
  polling: ["polling", "websocket"],
};
const CONNECT_TIMEOUT_MS = 8_000;

export function newSocket({ token, affinity }: Pass): Socket {
  const socket = io({
    path: "/socket.io/",
    auth: { token },
    query: { affinity },
    transports: ORDER.websocket,
    // For proxies that refuse websockets; those that accept and then cut them are up to `beginWith`.
    tryAllTransports: true,
    timeout: CONNECT_TIMEOUT_MS,
    // `Connection` does it, with jitter that also holds once the longest wait is reached.
    reconnection: false,
    autoConnect: false,
    forceNew: true,
  });
  const beginWith = (transport: Transport) => {
    socket.io.opts.transports = ORDER[transport];
  };
  const detour = (number: number) => {
    // The proxy hashes the affinity, so that a suffix makes it choose anew.
    socket.io.opts.query = { affinity: number === 0 ? affinity : `${affinity}-${number}` };
  };
  return Object.assign(socket, { beginWith, detour });
}
