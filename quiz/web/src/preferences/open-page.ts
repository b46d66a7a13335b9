/** How each of the pages begins: dressed as its reader likes it, in the reader's language. */

import { mount, type Component } from "svelte";
import { speak } from "../i18n/translate";
import { dress, followDevice } from "./appearance";
import { wishesOf } from "./choices";
import { reloadWhenOutdated } from "./outdated-page";
import { preferences } from "./preferences.svelte";

/** Mounts `App` once its words are there. */
export async function openPage(App: Component): Promise<void> {
  reloadWhenOutdated();
  dress(preferences.choices);
  followDevice(() => preferences.choices);
  await speak(location.search, wishesOf(preferences.choices, navigator.languages));
  mount(App, { target: document.getElementById("app")! });
}
