/** One client's connection: it comes back by itself, says honestly how it is, and never sends what nobody waits for. */

import { fullJitter, type Backoff, type Random } from "./backoff";
import { EVENT_NAMES, type Ack, type CallName, type Calls, type ServerEvent } from "../messages";
import type { Socket, Transport } from "./socket";

/** How the connection is. `refused` is final: the token is no longer good. */
export type Link = "connecting" | "online" | "reconnecting" | "offline" | "refused";

/** A call that got no ack: the connection broke, or the ack took too long. It may or may not have been carried out. */
export class Unanswered extends Error {}

export interface Listener {
  event(event: ServerEvent): void;
  link(link: Link): void;
}

export interface Surroundings {
  random: Random;
  /** Whether the device says that it has a network. */
  hasNetwork(): boolean;
}

const RECONNECT: Backoff = { baseMs: 1_000, capMs: 10_000 };
/** How long a connection must last before the next loss counts as the first again. */
const STEADY_MS = 5_000;
/** Longer than the socket takes to try all of its transports. */
const DIAL_TIMEOUT_MS = 20_000;
/** A connection that has worked before most likely fails because the service is away, and polling costs it more. */
const FAILURES_BEFORE_POLLING = 3;
/** A node that hangs would otherwise lock out everyone whose affinity leads to it. */
const FAILURES_BEFORE_ANOTHER_NODE = 2;
const ACK_TIMEOUT_MS = 6_000;
/** A probe is for a connection that is suspected dead; a healthy one answers well within this. */
const PROBE_TIMEOUT_MS = 4_000;

export class Connection {
  readonly #socket: Socket;
  readonly #listener: Listener;
  readonly #surroundings: Surroundings;
  #attempt = 0;
  /** Dials in a row that came to nothing; unlike `#attempt`, losing a connection is none. */
  #failedDials = 0;
  #wasOnline = false;
  /** Whether the redial timer stands for the moment drawn after `draining`. */
  #leaving = false;
  #redialTimer: ReturnType<typeof setTimeout> | undefined;
  #steadyTimer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(socket: Socket, listener: Listener, surroundings: Surroundings) {
    this.#socket = socket;
    this.#listener = listener;
    this.#surroundings = surroundings;
    socket.on("connect", () => this.#connected());
    socket.on("disconnect", () => this.#lost());
    socket.on("connect_error", (error: { data?: { code?: string } }) => this.#failed(error.data?.code));
    for (const name of EVENT_NAMES) {
      socket.on(name, (payload) => this.#received({ name, payload } as ServerEvent));
    }
  }

  open(): void {
    this.#listener.link("connecting");
    this.#dial();
  }

  /** Ends the connection for good. */
  close(): void {
    this.#over = true;
    this.#clearTimers();
    this.#socket.disconnect();
  }

  get online(): boolean {
    return this.#socket.connected;
  }

  /**
   * Sends a call and waits for its ack.
   *
   * @throws {Unanswered} when there is no connection, it breaks, or no ack comes in time.
   */
  async call<Name extends CallName>(
    name: Name,
    payload: Calls[Name]["payload"],
    timeoutMs = ACK_TIMEOUT_MS,
  ): Promise<Ack<Calls[Name]["ack"]>> {
    // The socket would keep what is sent while it is down and send it on its own later, next to our own retry.
    if (!this.#socket.connected) throw new Unanswered("not connected");
    const args = payload === undefined ? [] : [payload];
    try {
      return (await this.#socket.timeout(timeoutMs).emitWithAck(name, ...args)) as Ack<Calls[Name]["ack"]>;
    } catch (cause) {
      throw new Unanswered("no ack", { cause });
    }
  }

  /** Finds out whether a connection that looks alive is. After a sleep or a change of network it often is not. */
  async probe(): Promise<void> {
    if (this.#over) return;
    if (!this.online) return this.#dialNow();
    try {
      await this.call("time", undefined, PROBE_TIMEOUT_MS);
    } catch {
      // Lost while we asked: coming back is under way, with its jitter.
      if (this.online) this.redial();
    }
  }

  /** Drops the connection that is there and makes a new one at once. */
  redial(): void {
    if (this.#over) return;
    // This may ask for a new one after a while, which dialling at once then makes superfluous.
    this.#socket.disconnect();
    this.#dialNow();
  }

  #connected(): void {
    this.#clearTimers();
    this.#wasOnline = true;
    this.#failedDials = 0;
    this.#steadyTimer = setTimeout(() => (this.#attempt = 0), STEADY_MS);
    this.#listener.link("online");
  }

  #lost(): void {
    if (this.#over) return;
    // The node has gone before our moment came; the moment still holds, or all of its clients would come at once.
    if (this.#leaving) return this.#sayAway();
    this.#dialLater();
  }

  #failed(code: string | undefined): void {
    if (this.#over) return;
    if (code === "unauthorized") {
      this.close();
      this.#listener.link("refused");
    } else {
      this.#failedDials += 1;
      this.#dialLater();
    }
  }

  #received(event: ServerEvent): void {
    if (this.#over) return;
    if (event.name === "draining") this.#leaveWithin(event.payload.reconnect_within_ms);
    this.#listener.event(event);
  }

  /** The node goes away: everyone leaves at a moment of their own, so that the others are not run over. */
  #leaveWithin(ms: number): void {
    this.#clearTimers();
    this.#leaving = true;
    this.#redialTimer = setTimeout(() => this.redial(), this.#surroundings.random() * ms);
  }

  #sayAway(): void {
    this.#listener.link(this.#surroundings.hasNetwork() ? "reconnecting" : "offline");
  }

  #dialLater(): void {
    this.#clearTimers();
    this.#sayAway();
    const wait = fullJitter(this.#attempt++, RECONNECT, this.#surroundings.random);
    this.#redialTimer = setTimeout(() => this.#dialNow(), wait);
  }

  #dialNow(): void {
    this.#sayAway();
    this.#dial();
  }

  #dial(): void {
    this.#clearTimers();
    this.#socket.beginWith(this.#transport());
    this.#socket.detour(Math.max(0, this.#failedDials - FAILURES_BEFORE_ANOTHER_NODE + 1));
    this.#redialTimer = setTimeout(() => this.#giveUpDialling(), DIAL_TIMEOUT_MS);
    this.#socket.connect();
  }

  /** Some networks let a websocket open and then swallow it: after failures every other attempt begins with polling. */
  #transport(): Transport {
    const patience = this.#wasOnline ? FAILURES_BEFORE_POLLING : 1;
    return this.#attempt >= patience && this.#attempt % 2 === 1 ? "polling" : "websocket";
  }

  /** A transport may open and then nobody answers on it; the socket itself would wait for ever. */
  #giveUpDialling(): void {
    this.#socket.disconnect();
    this.#failedDials += 1;
    this.#dialLater();
  }

  #clearTimers(): void {
    this.#leaving = false;
    clearTimeout(this.#redialTimer);
    clearTimeout(this.#steadyTimer);
  }
}
