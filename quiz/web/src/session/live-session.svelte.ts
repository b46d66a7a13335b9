/** One session as a page shows it: what is known of it, how the connection is, and what the service's clock says. */

import type { Ack, CallName, Calls, ServerEvent, State } from "../messages";
import { better, oneWaySample, roundTripSample, serviceTime, UNKNOWN, type Clock } from "./clock";
import { Connection, Unanswered, type Link } from "./connection";
import { answerAcked, follow, type Answered } from "./follow";
import { newSocket, type Pass } from "./socket";

const CLOCK_SAMPLES = 3;

export class LiveSession {
  /** Null until the first snapshot. Replaced as a whole by each event, never changed in place. */
  state = $state.raw<State | null>(null);
  link = $state<Link>("connecting");
  /** Why the seat was taken away, once it was. */
  kicked = $state<string | null>(null);

  #clock = $state.raw<Clock>(UNKNOWN);
  readonly #connection: Connection;
  readonly #onSnapshot: (state: State) => void;
  readonly #waiters = new Set<{ version: number; resolve: () => void }>();

  /** @param onSnapshot told of each snapshot after it has taken effect. */
  constructor(pass: Pass, onSnapshot: (state: State) => void = () => {}) {
    this.#onSnapshot = onSnapshot;
    this.#connection = new Connection(
      newSocket(pass),
      { event: (event) => this.#follow(event), link: (link) => this.#linkChanged(link) },
      { random: Math.random, hasNetwork: () => navigator.onLine },
    );
  }

  /** Connects, and stays connected until the returned function is called. */
  open(): () => void {
    // After a sleep or a change of network the old connection often looks alive and is not. "offline" is only a hint
    // too: a service on the same machine needs no network.
    const look = () => {
      if (document.visibilityState === "visible") void this.#connection.probe().then(() => this.#readClock());
    };
    document.addEventListener("visibilitychange", look);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    this.#connection.open();
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
      this.#connection.close();
    };
  }

  /** The service's time now, in milliseconds since the epoch. */
  now(): number {
    return serviceTime(this.#clock, Date.now());
  }

  /** @throws {Unanswered} when no ack came. */
  call<Name extends CallName>(name: Name, payload: Calls[Name]["payload"]): Promise<Ack<Calls[Name]["ack"]>> {
    return this.#connection.call(name, payload);
  }

  /** Makes sure of a connection that should have answered and did not. One that is known to be down is left alone. */
  doubtConnection(): void {
    if (this.#connection.online) void this.#connection.probe();
  }

  /** Resolves to whether the page has come to `version` within `ms`. */
  reached(version: number, ms: number): Promise<boolean> {
    if ((this.state?.version ?? 0) >= version) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter = { version, resolve: () => settle(true) };
      const timer = setTimeout(() => settle(false), ms);
      const settle = (reached: boolean) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(reached);
      };
      this.#waiters.add(waiter);
    });
  }

  /** Asks for a fresh snapshot, which is what a new connection begins with. */
  resync(): void {
    this.#connection.redial();
  }

  answerAcked(question: number, answered: Answered): void {
    if (this.state !== null) this.state = answerAcked(this.state, question, answered);
  }

  #follow(event: ServerEvent): void {
    this.state = follow(this.state, event);
    const version = this.state?.version ?? 0;
    for (const waiter of this.#waiters) if (waiter.version <= version) waiter.resolve();
    if (event.name === "state") {
      this.#clock = better(this.#clock, oneWaySample(event.payload.now, Date.now()));
      this.#onSnapshot(event.payload);
    } else if (event.name === "kicked") {
      this.kicked = event.payload.reason;
      this.#connection.close();
    }
  }

  #linkChanged(link: Link): void {
    this.link = link;
    if (link === "online") void this.#readClock();
  }

  /** Anew on every connection and look: the device's clock may have been set, or drifted, since the last one. */
  async #readClock(): Promise<void> {
    this.#clock = { ...this.#clock, rtt: Number.POSITIVE_INFINITY };
    try {
      for (let sample = 0; sample < CLOCK_SAMPLES; sample++) {
        const sentAt = Date.now();
        const ack = await this.#connection.call("time", undefined);
        if (ack.ok) this.#clock = better(this.#clock, roundTripSample(ack.now, sentAt, Date.now()));
      }
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
    }
  }
}
