import "../ui/styles.css";
import { mount } from "svelte";
import { englishHost } from "../i18n/english-host";
import { learn, speak } from "../i18n/translate";
import HostApp from "./HostApp.svelte";

learn(englishHost);
void speak(location.search, navigator.languages).then(() => {
  mount(HostApp, { target: document.getElementById("app")! });
});
