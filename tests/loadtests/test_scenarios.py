"""Each scenario for a few seconds, with few players: it plays, counts no failure, and its answers are kept."""

from __future__ import annotations

from pathlib import Path

from tests.loadtests.scenario import Line, Seen, node, run

PLAYERS = 12


async def test_many_sessions_play_with_updates_to_everybody(tmp_path: Path) -> None:
    async def done(seen: Seen) -> bool:
        return seen.rows("answers") >= PLAYERS and await seen.metric('quiz_calls_total{event="close"') >= 3

    options = ("--sessions", "3", "--updates-per-s", "5", "--question-s", "2", "--think-s", "0.5")
    async with node(tmp_path) as server:
        lines = await run("many_sessions", server, done, *crowd(), *options)
        kept = Seen(server).rows("answers")
    assert nothing_failed(lines)
    assert lines["session"].num_requests == 3
    assert lines["update ack"].num_requests > 0
    assert lines["update delivery delay"].num_requests > 0
    assert lines["question delivery delay"].num_requests > 0
    assert PLAYERS <= lines["answer ack"].num_requests <= kept


async def test_all_players_fit_into_one_session(tmp_path: Path) -> None:
    async def done(seen: Seen) -> bool:
        return seen.rows("answers") >= 2 * PLAYERS  # of two questions, as nobody answers twice

    async with node(tmp_path) as server:
        lines = await run("one_session", server, done, *crowd(), "--question-s", "1", "--think-s", "0.5")
        kept = Seen(server).rows("answers")
    assert nothing_failed(lines)
    assert lines["session"].num_requests == 1
    assert PLAYERS <= lines["answer ack"].num_requests <= kept


async def test_a_join_storm_seats_and_connects_everybody(tmp_path: Path) -> None:
    async def done(seen: Seen) -> bool:
        return await seen.metric('quiz_calls_total{event="time"') > 0 and await connected(seen)

    async with node(tmp_path) as server:
        lines = await run("join_storm", server, done, *crowd())
        seats = Seen(server).rows("players")
    assert nothing_failed(lines)
    assert lines["join"].num_requests == seats == PLAYERS
    assert lines["connect"].num_requests >= PLAYERS


async def test_after_a_reconnect_storm_everybody_is_back_and_answers(tmp_path: Path) -> None:
    async def done(seen: Seen) -> bool:
        cut = await seen.metric("quiz_disconnects_total")
        return cut >= PLAYERS and seen.rows("answers") >= PLAYERS and await connected(seen)

    options = ("--storm-every-s", "2.5", "--question-s", "30", "--think-s", "4")
    async with node(tmp_path) as server:
        lines = await run("reconnect_storm", server, done, *crowd(), *options)
        kept = Seen(server).rows("answers")
    assert nothing_failed(lines)
    assert lines["away"].num_requests > 0
    assert 0 < lines["answer ack"].num_requests <= kept


def crowd() -> tuple[str, ...]:
    return ("--users", str(PLAYERS), "--spawn-rate", str(PLAYERS))


async def connected(seen: Seen) -> bool:
    return await seen.metric('quiz_connections{role="player"') == PLAYERS


def nothing_failed(lines: dict[str, Line]) -> bool:
    return not [line for line in lines.values() if line.num_failures]
