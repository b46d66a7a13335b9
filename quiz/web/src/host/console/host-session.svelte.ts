/** A host's session: the live session, and commands that say which version of it they mean. */

import type { Ack, State } from "../../messages";
import { Unanswered } from "../../session/connection";
import { LiveSession } from "../../session/live-session.svelte";
import type { HostKey } from "../host-keys";

/** Commands that need nothing but the version. */
export type PlainCommand = "start" | "next" | "close" | "lock" | "unlock" | "end";

/** Why the last command did not do what was asked. */
export type Trouble = { kind: "stale" } | { kind: "unanswered" } | { kind: "refused"; message: string };

type CommandAck = Ack<{ version: number }>;

/** How long the events of a command may stay out before the page looks after its connection. */
const EVENT_WAIT_MS = 2_000;

export class HostSession {
  readonly live: LiveSession;
  /** A command is on its way, or its outcome has not been seen yet. */
  busy = $state(false);
  trouble = $state.raw<Trouble | null>(null);

  constructor(key: HostKey) {
    this.live = new LiveSession({ token: key.host_token, affinity: key.affinity });
  }

  open(): () => void {
    return this.live.open();
  }

  run(command: PlainCommand): Promise<boolean> {
    return this.#perform(({ version }) => this.live.call(command, { version }));
  }

  extend(seconds: number): Promise<boolean> {
    return this.#perform(({ version }) => this.live.call("extend", { version, seconds }));
  }

  voidQuestion(question: number): Promise<boolean> {
    return this.#perform(({ version }) => this.live.call("void", { version, question }));
  }

  kick(playerId: string): Promise<boolean> {
    return this.#perform(() => this.live.call("kick", { player_id: playerId }));
  }

  /** Sends a command about the version that the host sees now. Resolves to whether it was carried out. */
  async #perform(send: (seen: State) => Promise<CommandAck>): Promise<boolean> {
    const seen = this.live.state;
    if (seen === null || this.busy) return false;
    this.busy = true;
    this.trouble = null;
    try {
      const ack = await send(seen);
      const version = ack.ok ? ack.version : ack.error.version;
      if (version !== undefined) await this.#seen(version);
      if (!ack.ok) {
        const { code, message } = ack.error;
        this.trouble = code === "stale" ? { kind: "stale" } : { kind: "refused", message };
      }
      return ack.ok;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.trouble = { kind: "unanswered" };
      this.live.doubtConnection();
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Waits until the page shows `version`, so that nobody presses on by what is no longer so. */
  async #seen(version: number): Promise<void> {
    if (!(await this.live.reached(version, EVENT_WAIT_MS))) this.live.resync();
  }
}
