import { describe, expect, it } from "vitest";
import { keptCaches, sourceOf, type Source } from "./shell";

const ORIGIN = "https://quiz.example";
const OPENED = { method: "GET", mode: "navigate" } as const;
const LOADED = { method: "GET", mode: "cors" } as const;

function source(path: string, request: Pick<Request, "method" | "mode">): Source {
  return sourceOf(new URL(path, ORIGIN), ORIGIN, request);
}

describe("the service worker", () => {
  it("looks for the player's page in the network first", () => {
    for (const path of ["/", "/1234567", "/1234567/", "/?lang=de"]) expect(source(path, OPENED), path).toBe("network");
    for (const path of ["/123456", "/123 4567", "/1234567.", "/123–4567/", "/١٢٣٤٥٦٧"]) {
      expect(source(path, OPENED), path).toBe("network");
    }
  });

  it("looks for files that never change in its cache first", () => {
    expect(source("/assets/index-B4d5.js", LOADED)).toBe("cache");
  });

  it.each(["/api/v1/sessions/1234567", "/socket.io/?transport=polling", "/sw.js", "/favicon.svg"])(
    "never touches %s",
    (path) => {
      expect(source(path, LOADED)).toBe("neither");
      expect(source(path, OPENED)).toBe("neither");
    },
  );

  it("leaves the pages of hosts and screens, pictures from elsewhere and whatever is sent alone", () => {
    for (const path of ["/host", "/host/game/1234567", "/screen", "/%68ost", "/123%2F4567", "/-", "/%E0"]) {
      expect(source(path, OPENED), path).toBe("neither");
    }
    expect(source("https://pictures.example/assets/a.png", LOADED)).toBe("neither");
    expect(source("/", { method: "POST", mode: "navigate" })).toBe("neither");
  });

  it("keeps the files of its own version and of the one before, and forgets older ones", () => {
    expect(keptCaches(["quiz-1", "others", "quiz-2", "quiz-3"], "quiz-")).toEqual(["quiz-2", "quiz-3"]);
  });
});
