/** Theme and contrast as attributes of the page's root, which `ui/theme.css` goes by. */

import type { Choices } from "./choices";

type Look = Pick<Choices, "theme" | "contrast">;

/** To be called before anything is shown, and with every change. */
export function dress({ theme, contrast }: Look): void {
  const { dataset } = document.documentElement;
  dataset["theme"] = theme;
  dataset["contrast"] = contrast === "more" || deviceWantsMore().matches ? "more" : "normal";
  // The colours of the browser's own bars, of which the page names one for each theme.
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.dataset["theme"];
    meta.media = theme === "system" ? `(prefers-color-scheme: ${own})` : theme === own ? "all" : "not all";
  }
}

/** Dresses the page anew when the device's wish for contrast changes; the style sheet follows its theme by itself. */
export function followDevice(look: () => Look): void {
  deviceWantsMore().addEventListener("change", () => dress(look()));
}

function deviceWantsMore(): MediaQueryList {
  return matchMedia("(prefers-contrast: more)");
}
