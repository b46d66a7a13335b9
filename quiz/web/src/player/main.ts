import "../ui/styles.css";
import { openPage } from "../preferences/open-page";
import PlayerApp from "./PlayerApp.svelte";

void openPage(PlayerApp);
