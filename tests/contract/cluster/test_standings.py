"""What every `StandingsCache` does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quiz.cluster.calls import RedisCalls
from quiz.cluster.standings import MemoryStandings, RedisStandings
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.scoring import Score
from quiz.domain.standings import Standing, rank_players
from quiz.game.ports import StandingsCache, StandingsPart
from tests.contract.cluster.conftest import find
from tests.contract.cluster.nodes import patient
from tests.servers.redis import Redis, redis

GAME = SessionId("0f8e-game")

# Small ranges, so that ties happen, and the largest that can be.
players = st.lists(
    st.tuples(
        st.uuids().map(lambda one: PlayerId(one.hex[:6])),
        st.sampled_from(["Ann", "ann", "ANNA", "Bob", "Čenda", "ßa", "SSA", "é", "z", "😀", "\uffff", "a b"]),
        st.builds(
            Score,
            points=st.one_of(st.integers(0, 3), st.just(10_000_000)),
            correct=st.integers(0, 3),
            time_ms=st.one_of(st.integers(0, 2), st.integers(0, 40_000_000_000)).map(Millis),
        ),
    ),
    max_size=25,
    unique_by=lambda player: player[0],
)


def ranked(count: int, first: int = 0) -> list[Standing]:
    return rank_players(
        (PlayerId(f"p{number}"), f"Player {number}", Score(points=number % 100, time_ms=Millis(number % 3)))
        for number in range(first, first + count)
    )


@asynccontextmanager
async def shared(url: str, **changes: object) -> AsyncIterator[RedisStandings]:
    given = patient(url, **changes)
    async with RedisCalls(given) as calls:
        yield RedisStandings(calls, given)


@pytest.fixture(params=["memory", "redis 6", "redis 7"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[StandingsCache]:
    if request.param == "memory":
        yield MemoryStandings()
        return
    with redis(program=find(sharded=request.param == "redis 7")) as server:
        async with shared(server.url) as standings:
            yield standings


async def whole(cache: StandingsCache, version: int) -> list[Standing] | None:
    part = await cache.part(GAME, version, 0, 100_000)
    return None if part is None else list(part.lines)


async def test_what_was_not_put_is_not_there(cache: StandingsCache) -> None:
    assert await cache.part(GAME, 1, 0, 10) is None


async def test_a_part_is_cut_out_and_the_total_told(cache: StandingsCache) -> None:
    standings = ranked(50)
    await cache.put(GAME, 7, standings)
    for offset, limit in ((0, 10), (45, 10), (10, 1), (50, 5), (0, 50), (3, 0)):
        part = await cache.part(GAME, 7, offset, limit)
        assert part == StandingsPart(50, part.lines if part else [])
        assert part is not None
        assert list(part.lines) == standings[offset : offset + limit]


async def test_a_game_without_players_has_empty_standings(cache: StandingsCache) -> None:
    await cache.put(GAME, 3, ranked(5))
    await cache.put(GAME, 4, [])
    part = await cache.part(GAME, 4, 0, 10)
    assert part is not None
    assert (part.total, list(part.lines)) == (0, [])


async def test_only_the_version_that_was_asked_for_is_given(cache: StandingsCache) -> None:
    await cache.put(GAME, 7, ranked(5))
    assert await cache.part(GAME, 6, 0, 10) is None
    assert await cache.part(GAME, 8, 0, 10) is None


async def test_a_newer_version_takes_the_place_of_an_older_one_and_not_the_other_way(cache: StandingsCache) -> None:
    await cache.put(GAME, 9, ranked(5))
    await cache.put(GAME, 10, ranked(4, first=50))
    await cache.put(GAME, 9, ranked(5))
    assert await cache.part(GAME, 9, 0, 10) is None
    assert await whole(cache, 10) == ranked(4, first=50)


async def test_a_version_put_again_is_what_was_put_last(cache: StandingsCache) -> None:
    await cache.put(GAME, 9, ranked(5))
    await cache.put(GAME, 9, ranked(6))
    assert await whole(cache, 9) == ranked(6)


async def test_sessions_do_not_touch_each_other(cache: StandingsCache) -> None:
    await cache.put(GAME, 9, ranked(5))
    await cache.put(SessionId("another"), 9, ranked(3))
    assert await whole(cache, 9) == ranked(5)


async def test_thousands_of_players_fit(cache: StandingsCache) -> None:
    standings = ranked(5200)
    await cache.put(GAME, 2, standings)
    assert await whole(cache, 2) == standings


@given(field=players, cut=st.tuples(st.integers(0, 26), st.integers(0, 26)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_order_and_ranks_are_those_of_rank_players(
    cache: StandingsCache, field: list[tuple[PlayerId, str, Score]], cut: tuple[int, int]
) -> None:
    standings = rank_players(field)
    await cache.put(GAME, 1, standings)
    part = await cache.part(GAME, 1, *cut)
    assert part is not None
    assert list(part.lines) == standings[cut[0] : cut[0] + cut[1]]
    assert part.total == len(standings)


async def test_a_reader_never_sees_a_mixture_of_versions(cache: StandingsCache) -> None:
    done = asyncio.Event()

    async def write() -> None:
        for version in range(1, 12):
            await cache.put(GAME, version, ranked(1500, first=version * 10_000))
            await asyncio.sleep(0)
        done.set()

    async def read() -> int:
        seen = 0
        while not done.is_set():
            for version in range(1, 12):
                if (lines := await whole(cache, version)) is not None:
                    assert lines == ranked(1500, first=version * 10_000)
                    seen += 1
            await asyncio.sleep(0)
        return seen

    _, seen = await asyncio.gather(write(), read())
    assert seen > 0


async def test_nodes_share_standings(server: Redis) -> None:
    async with shared(server.url) as ann, shared(server.url) as bob:
        await ann.put(GAME, 1, ranked(5))
        assert await whole(bob, 1) == ranked(5)


async def test_everything_in_redis_runs_out(server: Redis) -> None:
    async with shared(server.url, standings_lifetime_ms=5000) as cache:
        await cache.put(GAME, 2, ranked(5))
        await cache.put(GAME, 1, ranked(5))
        lives = [int(server.ask("PTTL", f"quiz:standings:{{{GAME}}}:{part}")[1:]) for part in ("ranks", "lines", "of")]
        assert all(0 < life <= 5000 for life in lives)
        assert server.ask("DBSIZE") == b":3\r\n", "nothing is left of the version that came too late"


async def test_what_redis_has_lost_a_part_of_is_not_given(server: Redis) -> None:
    async with shared(server.url) as cache:
        for part in ("ranks", "lines", "of"):
            await cache.put(GAME, 1, ranked(5))
            assert await whole(cache, 1) == ranked(5)
            server.ask("DEL", f"quiz:standings:{{{GAME}}}:{part}")
            assert await whole(cache, 1) is None


@pytest.mark.parametrize("how", ["kill", "pause"])
async def test_while_redis_is_away_nothing_is_there_and_nothing_is_raised(server: Redis, how: str) -> None:
    async with shared(server.url, call_timeout_ms=1500, call_pause_ms=600_000) as cache:
        await cache.put(GAME, 1, ranked(5))
        getattr(server, how)()
        await cache.put(GAME, 2, ranked(5))
        assert await cache.part(GAME, 1, 0, 10) is None


async def test_in_memory_the_sessions_not_asked_for_longest_make_room() -> None:
    cache = MemoryStandings(most_lines=10)
    for name in ("a", "b"):
        await cache.put(SessionId(name), 1, ranked(4))
    await cache.part(SessionId("a"), 1, 0, 1)
    await cache.put(SessionId("c"), 1, ranked(4))
    there = [name for name in ("a", "b", "c") if await cache.part(SessionId(name), 1, 0, 1) is not None]
    assert there == ["a", "c"]
    await cache.put(SessionId("c"), 2, ranked(11))
    assert cache.lines == 4
