import { describe, expect, it } from "vitest";
import { deviceStorage, memoryStorage } from "../session/device-storage";
import { wishesOf } from "./choices";
import { Preferences } from "./preferences.svelte";

const UNCHANGED = { theme: "system", contrast: "normal", language: null, sound: false, vibration: false };

function kept(content: string): Preferences {
  const memory = memoryStorage();
  memory.setItem("quiz.preferences", content);
  return new Preferences(deviceStorage(() => memory));
}

describe("preferences", () => {
  it("follow the device and stay silent until something is chosen", () => {
    expect(new Preferences(deviceStorage(memoryStorage)).choices).toEqual(UNCHANGED);
  });

  it("are kept on the device", () => {
    const memory = memoryStorage();
    const storage = deviceStorage(() => memory);
    new Preferences(storage).choose({ theme: "dark", sound: true });
    new Preferences(storage).choose({ language: "fr" });
    expect(new Preferences(storage).choices).toEqual({ ...UNCHANGED, theme: "dark", sound: true, language: "fr" });
  });

  it.each(["", "null", "7", '"dark"', "[]", '{"theme":"pink","contrast":1,"language":7,"sound":"yes"}'])(
    "pass over what they do not know: %s",
    (content) => {
      expect(kept(content).choices).toEqual(UNCHANGED);
    },
  );

  it("put a chosen language before what the browser wishes", () => {
    expect(wishesOf({ language: "es" }, ["de", "en"])).toEqual(["es", "de", "en"]);
    expect(wishesOf({ language: null }, ["de", "en"])).toEqual(["de", "en"]);
  });
});
