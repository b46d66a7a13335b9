import "../ui/styles.css";
import { learnHostWords } from "../i18n/host-words";
import { openPage } from "../preferences/open-page";
import HostApp from "./HostApp.svelte";

learnHostWords();
void openPage(HostApp);
