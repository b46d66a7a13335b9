import "../ui/styles.css";
import { mount } from "svelte";
import { speak } from "../i18n/translate";
import HostApp from "./HostApp.svelte";

void speak(location.search, navigator.languages).then(() => {
  mount(HostApp, { target: document.getElementById("app")! });
});
