import { describe, expect, it } from "vitest";
import { newSubmissionId } from "./submission-id";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What browsers leave of `crypto` on plain http. */
const insecure = { getRandomValues: crypto.getRandomValues.bind(crypto) };

describe("a submission id", () => {
  it("is a random UUID", () => {
    expect(newSubmissionId()).toMatch(UUID);
  });

  it("is one on plain http too", () => {
    const ids = Array.from({ length: 100 }, () => newSubmissionId(insecure));
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(100);
  });
});
