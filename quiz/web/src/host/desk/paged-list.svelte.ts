/** A list that the service gives out page by page. */

import type { Page } from "../../api/sessions";

export class PagedList<Item> {
  items = $state.raw<Item[]>([]);
  /** Whether the first page has come. */
  loaded = $state(false);
  loading = $state(false);
  more = $state(false);

  readonly #fetch: (cursor?: string) => Promise<Page<Item>>;
  readonly #failed: (error: unknown) => void;
  #next: string | undefined;

  constructor(fetch: (cursor?: string) => Promise<Page<Item>>, failed: (error: unknown) => void) {
    this.#fetch = fetch;
    this.#failed = failed;
  }

  /** The first page, in place of all that is shown. */
  reload(): Promise<void> {
    return this.#load(undefined);
  }

  loadMore(): Promise<void> {
    return this.#load(this.#next);
  }

  /** All pages there are, for searching in them. */
  async loadAll(): Promise<void> {
    for (let count = -1; this.more && this.items.length > count; await this.loadMore()) count = this.items.length;
  }

  async #load(cursor: string | undefined): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      const page = await this.#fetch(cursor);
      this.items = cursor === undefined ? page.items : [...this.items, ...page.items];
      this.#next = page.next ?? undefined;
      this.more = this.#next !== undefined;
      this.loaded = true;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.loading = false;
    }
  }
}
