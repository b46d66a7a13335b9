import "../ui/styles.css";
import "./screen.css";
import { mount } from "svelte";
import { speak } from "../i18n/translate";
import ScreenApp from "./ScreenApp.svelte";

void speak(location.search, navigator.languages).then(() => {
  mount(ScreenApp, { target: document.getElementById("app")! });
});
