/** A host's session: the live session, and commands that say which version of it they mean. */

import type { Ack, RosterEntry, State } from "../../messages";
import { Unanswered } from "../../session/connection";
import { LiveSession } from "../../session/live-session.svelte";
import type { HostKey } from "../host-keys";

/** Commands that need nothing but the version. */
export type PlainCommand = "start" | "next" | "close" | "lock" | "unlock" | "end";

/** Why the last command did not do what was asked. */
export type Trouble = { kind: "stale" } | { kind: "unanswered" } | { kind: "refused"; code: string; message: string };

type CommandAck = Ack<{ version: number }>;

/** How long the events of a command may stay out before the page looks after its connection. */
const EVENT_WAIT_MS = 2_000;

export class HostSession {
  readonly live: LiveSession;
  /** A command is on its way, or its outcome has not been seen yet. */
  busy = $state(false);
  trouble = $state.raw<Trouble | null>(null);
  /** Those whom this page has removed and not let in again, the last one last. */
  removed = $state.raw<RosterEntry[]>([]);

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

  async kick(player: RosterEntry): Promise<boolean> {
    const kicked = await this.#perform(() => this.live.call("kick", { player_id: player.player_id }));
    if (kicked) this.removed = [...this.removed, player];
    return kicked;
  }

  /** Takes a removal back. Of somebody who has a seat again already, by another host's hand, there is none any more. */
  async readmit(player: RosterEntry): Promise<boolean> {
    const readmitted = await this.#perform(() => this.live.call("readmit", { player_id: player.player_id }));
    const settled = readmitted || (this.trouble?.kind === "refused" && this.trouble.code === "not_found");
    if (settled) this.removed = this.removed.filter(({ player_id }) => player_id !== player.player_id);
    return readmitted;
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
        this.trouble = code === "stale" ? { kind: "stale" } : { kind: "refused", code, message };
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
