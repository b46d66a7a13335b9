/** The players of a report in the order of their places, fetched as far as they are wanted. */

import type { PlayerLine } from "../../api/reports";
import type { StandingsPage } from "../../api/sessions";

/** Most players that one call gives. */
export const FETCHED = 500;
/** Players on a page. */
export const SHOWN = 25;

type Fetch = (limit: number, offset: number) => Promise<StandingsPage>;

export class PlayerList {
  total = $state(0);
  /** Whether it is known how many there are. */
  loaded = $state(false);
  wanted = $state("");
  #page = $state(0);
  #players = $state.raw<PlayerLine[]>([]);
  readonly #fetch: Fetch;
  readonly #failed: (error: unknown) => void;
  #fetching: Promise<void> | null = null;

  constructor(fetch: Fetch, failed: (error: unknown) => void) {
    this.#fetch = fetch;
    this.#failed = failed;
  }

  /** All that have been fetched and have the wanted part in their name. */
  readonly found = $derived.by(() => {
    const part = folded(this.wanted);
    return part === "" ? this.#players : this.#players.filter(({ nickname }) => folded(nickname).includes(part));
  });

  readonly pages = $derived(Math.max(1, Math.ceil((this.wanted === "" ? this.total : this.found.length) / SHOWN)));

  /** From 0; the last one when there are not so many. */
  readonly page = $derived(Math.min(this.#page, this.pages - 1));

  readonly shown = $derived(this.found.slice(this.page * SHOWN, (this.page + 1) * SHOWN));

  async turnTo(page: number): Promise<void> {
    this.#page = page;
    await this.fetchFirst((page + 1) * SHOWN);
  }

  /** Looks for a name among all players. */
  async search(part: string): Promise<void> {
    this.wanted = part;
    this.#page = 0;
    if (part !== "") await this.fetchFirst(Infinity);
  }

  /** Fetches so many from the first on, or all there are. */
  async fetchFirst(count: number): Promise<void> {
    while (!this.loaded || this.#players.length < Math.min(count, this.total)) {
      const before = this.#players.length;
      this.#fetching ??= this.#fetchMore().finally(() => (this.#fetching = null));
      try {
        await this.#fetching;
      } catch (error) {
        this.#failed(error);
        return;
      }
      if (this.#players.length === before) return;
    }
  }

  async #fetchMore(): Promise<void> {
    const { total, items } = await this.#fetch(FETCHED, this.#players.length);
    this.#players = [...this.#players, ...items];
    this.total = total;
    this.loaded = true;
  }
}

function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
