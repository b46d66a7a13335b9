import "../ui/styles.css";
import "./screen.css";
import { openPage } from "../preferences/open-page";
import ScreenApp from "./ScreenApp.svelte";

void openPage(ScreenApp);
