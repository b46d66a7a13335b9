/** The standings shown last, so that the next ones can be seen to move. */

import type { Entry, Table } from "../messages";

export class ShownTables {
  #now: Table | null = null;
  #before: Table | null = null;

  /** What was shown before `table`; null for the first. A reconnect brings the same table again, which is no other. */
  before(table: Table): Table | null {
    if (this.#now === null || !sameTable(this.#now, table)) [this.#before, this.#now] = [this.#now, table];
    return this.#before;
  }
}

/** What each of `after` has won since `before`, by nickname. Who was not listed then, or won nothing, is left out. */
export function gains(before: Table | null, after: Table): Map<string, number> {
  const had = new Map(before?.top.map(({ nickname, points }) => [nickname, points]));
  const won = after.top.map(({ nickname, points }) => [nickname, points - (had.get(nickname) ?? points)] as const);
  return new Map(won.filter(([, points]) => points > 0));
}

function sameTable(one: Table, other: Table): boolean {
  const alike = one.of === other.of && one.top.length === other.top.length;
  return alike && one.top.every((entry, at) => same(entry, other.top[at]!));
}

function same(one: Entry, other: Entry): boolean {
  return one.rank === other.rank && one.nickname === other.nickname && one.points === other.points;
}
