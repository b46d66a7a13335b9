/** Signals the moments of a game as the player has chosen; what makes them is fetched only for those who want them. */

import { preferences } from "../../preferences/preferences.svelte";
import type { Moment } from "./next-cue";

/**
 * To be called while a component is being set up; it stops with that component.
 *
 * @param read the last moment; undefined while the game is not known yet.
 */
export function signal(read: () => Moment | null | undefined): void {
  let last: string | null | undefined;
  $effect(() => {
    if (!preferences.choices.sound) return;
    const cues = import("./cues");
    const listening = cues.then(({ soundAfterTouch }) => soundAfterTouch()).catch(() => () => {});
    return () => void listening.then((stop) => stop());
  });
  $effect(() => {
    const now = read();
    if (now === undefined) return;
    const name = now?.name ?? null;
    // The first sight of a game, as after a reload, is no news.
    const news = last !== undefined && name !== last;
    last = name;
    if (news && now !== null) void give(now);
  });
}

async function give({ cue }: Moment): Promise<void> {
  const { sound, vibration } = preferences.choices;
  if (!sound && !vibration) return;
  try {
    const cues = await import("./cues");
    if (sound) cues.sound(cue);
    if (vibration) cues.vibrate(cue);
  } catch {
    // Without a network to fetch it by, the game goes on in silence.
  }
}
