import "../ui/styles.css";
import { mount } from "svelte";
import { speak } from "../i18n/translate";
import PlayerApp from "./PlayerApp.svelte";

void speak(location.search, navigator.languages).then(() => {
  mount(PlayerApp, { target: document.getElementById("app")! });
});
