import { describe, expect, it, vi } from "vitest";
import type { PlayerLine } from "../../api/reports";
import { FETCHED, PlayerList, SHOWN } from "./player-list.svelte";

function line(number: number): PlayerLine {
  return { rank: number, player_id: `p${number}`, nickname: `Plàyer ${number}`, points: 0, correct: 0 };
}

function listOf(count: number) {
  const fetch = vi.fn(async (limit: number, offset: number) => ({
    total: count,
    items: Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, nth) => line(offset + nth + 1)),
  }));
  const failed = vi.fn();
  return { list: new PlayerList(fetch, failed), fetch, failed };
}

describe("the players of a report", () => {
  it("are shown page by page, fetched in one call while it holds them all", async () => {
    const { list, fetch } = listOf(60);
    await list.turnTo(0);
    expect([list.shown.length, list.pages, list.total]).toEqual([SHOWN, 3, 60]);
    await list.turnTo(2);
    expect(list.shown.map(({ rank }) => rank)).toEqual(Array.from({ length: 10 }, (_, nth) => 51 + nth));
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("are fetched as far as the page needs", async () => {
    const { list, fetch } = listOf(1200);
    await list.turnTo(0);
    await list.turnTo(FETCHED / SHOWN);
    expect(list.shown[0]!.rank).toBe(FETCHED + 1);
    expect(fetch.mock.calls).toEqual([
      [FETCHED, 0],
      [FETCHED, FETCHED],
    ]);
  });

  it("are found by a part of the name, whatever its case and accents, wherever they stand", async () => {
    const { list } = listOf(1200);
    await list.turnTo(0);
    await list.search("PLAYER 1199");
    expect(list.shown.map(({ player_id }) => player_id)).toEqual(["p1199"]);
    expect(list.pages).toBe(1);
    await list.search("");
    expect(list.pages).toBe(48);
  });

  it("may be nobody", async () => {
    const { list, fetch } = listOf(0);
    await list.turnTo(0);
    expect([list.loaded, list.shown, list.pages]).toEqual([true, [], 1]);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("that do not arrive are asked for again at the next turn", async () => {
    const { list, fetch, failed } = listOf(30);
    fetch.mockRejectedValueOnce(new Error("gone"));
    await list.turnTo(0);
    expect(failed).toHaveBeenCalledOnce();
    expect(list.loaded).toBe(false);
    await list.turnTo(0);
    expect(list.shown.length).toBe(SHOWN);
  });
});
