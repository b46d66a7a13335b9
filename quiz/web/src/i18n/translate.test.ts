import { afterEach, describe, expect, it } from "vitest";
import { english } from "./english";
import { englishHost } from "./english-host";
import ar from "./languages/ar";
import de from "./languages/de";
import fr from "./languages/fr";
import { chooseLanguage, decimalSign, formatNumber, languageName, learn, speak, t, use } from "./translate";
import type { Key, Language, Phrase } from "./translate";

const ENGLISH: Record<Key, Phrase> = { ...english, ...englishHost };
const OTHERS = Object.entries(
  import.meta.glob<Language>("./languages/*.ts", { import: "default", eager: true }),
);
const PAGES_WITHOUT_HOST = Object.entries({
  ...import.meta.glob<string>(["../{player,screen,session,ui}/**/*.{svelte,ts}", "!../**/*.test.ts"], {
    query: "?raw",
    import: "default",
    eager: true,
  }),
});

learn(englishHost);

function forms(phrase: Phrase): string[] {
  return typeof phrase === "string" ? [phrase] : Object.values(phrase);
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();
}

afterEach(() => use("en"));

describe.each(OTHERS)("the language in %s", (_, language) => {
  it("has every phrase of English and no other", () => {
    expect(Object.keys(language.phrases).sort()).toEqual(Object.keys(ENGLISH).sort());
  });

  it("uses the same placeholders in each phrase", () => {
    for (const [key, phrase] of Object.entries(ENGLISH)) {
      const wanted = placeholders((forms(phrase) as string[]).at(-1)!);
      for (const form of forms(language.phrases[key as Key])) expect(placeholders(form), key).toEqual(wanted);
    }
  });

  it("leaves no phrase empty", () => {
    for (const phrase of Object.values(language.phrases)) {
      for (const form of forms(phrase)) expect(form.trim()).not.toBe("");
    }
  });
});

describe("the words of the host", () => {
  it.each(PAGES_WITHOUT_HOST)("are not asked for by %s, which does not bring them along", (_, source) => {
    const hosts = Object.keys(englishHost).filter((key) => source.includes(`t("${key}"`));
    expect(hosts).toEqual([]);
  });
});

describe("a language", () => {
  it.each([
    ["de", "Deutsch"],
    ["fr", "Français"],
  ])("%s calls itself %s", (code, name) => {
    expect(languageName(code)).toBe(name);
  });
});

describe("choosing a language", () => {
  it.each([
    [["de-AT", "en"], "de"],
    [["nl", "fr-CA"], "fr"],
    [["nl", "pt"], "en"],
    [[], "en"],
    [["ES"], "es"],
  ])("for wishes %j takes %s", (wishes, language) => {
    expect(chooseLanguage(wishes)).toBe(language);
  });

  it("prefers what the address asks for to what the browser wishes", async () => {
    await speak("?lang=de", ["fr"]);
    expect(t("join.next")).toBe("Weiter");
    await speak("?lang=xx", ["fr"]);
    expect(t("join.next")).toBe("Suivant");
    await speak("", []);
    expect(t("join.next")).toBe("Next");
  });
});

describe("a phrase", () => {
  it("has its placeholders filled in, numbers in the language's own form", () => {
    expect(t("console.answered", { answered: 1969, players: 20000 })).toBe("1969 of 20,000 answered");
    use("de", de);
    expect(t("console.answered", { answered: 1969, players: 20000 })).toBe("1969 von 20.000 haben geantwortet");
  });

  it("takes the plural form that fits", () => {
    expect(t("play.points", { count: 1 })).toBe("1 point");
    expect(t("play.points", { count: 0 })).toBe("0 points");
    use("fr", fr);
    expect(t("play.points", { count: 0 })).toBe("0 point");
  });

  it("leaves braces in a nickname alone", () => {
    expect(t("kick.done", { nickname: "{count}" })).toBe("{count} was removed.");
  });

  it("has the digits of the PINs beside it in every language", () => {
    use("ar", ar);
    expect(t("play.points", { count: 1234567 })).toContain("1,234,567");
  });

  it("knows the language's decimal sign", () => {
    expect(decimalSign()).toBe(".");
    use("de", de);
    expect(decimalSign()).toBe(",");
    expect(formatNumber(1.5)).toBe("1,5");
  });
});
