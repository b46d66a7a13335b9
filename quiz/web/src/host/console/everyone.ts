/** The players of a session, put together from what the page has learnt of them in two ways. */

import type { RosterEntry } from "../../messages";

/** Newest first, then the others; each once, without those removed, by a part of the name. */
export function everyone(
  newest: readonly RosterEntry[],
  listed: readonly RosterEntry[],
  removed: readonly RosterEntry[],
  wanted: string,
): RosterEntry[] {
  const gone = new Set(removed.map((player) => player.player_id));
  const players = new Map([...[...newest].reverse(), ...listed].map((player) => [player.player_id, player] as const));
  const part = folded(wanted);
  return [...players.values()].filter(
    (player) => !gone.has(player.player_id) && folded(player.nickname).includes(part),
  );
}

function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
