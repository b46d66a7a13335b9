/** What a reader can choose about the pages, and what the device keeps of it. */

import type { DeviceStorage } from "../session/device-storage";

/** "system" follows what the device is set to, as "normal" contrast does. */
export const THEMES = ["system", "light", "dark"] as const;
export const CONTRASTS = ["normal", "more"] as const;

export interface Choices {
  theme: (typeof THEMES)[number];
  contrast: (typeof CONTRASTS)[number];
  /** Code of a language, or null for what the browser wishes. */
  language: string | null;
  sound: boolean;
  vibration: boolean;
}

const KEY = "preferences";

/** What an older or newer page has kept may hold less, more or something else. */
export function readChoices(storage: DeviceStorage): Choices {
  const { theme, contrast, language, sound, vibration } = (storage.read(KEY) ?? {}) as Partial<Choices>;
  return {
    theme: THEMES.find((each) => each === theme) ?? "system",
    contrast: CONTRASTS.find((each) => each === contrast) ?? "normal",
    language: typeof language === "string" ? language : null,
    sound: sound === true,
    vibration: vibration === true,
  };
}

export function keepChoices(storage: DeviceStorage, choices: Choices): void {
  storage.write(KEY, choices);
}

/** The languages wished for, first of all the one that was chosen. */
export function wishesOf({ language }: Pick<Choices, "language">, browsers: readonly string[]): readonly string[] {
  return language === null ? browsers : [language, ...browsers];
}
