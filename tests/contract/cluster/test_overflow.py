"""What the overflow queue does, over Redis: a node that is alone has none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from quiz.cluster.calls import RedisCalls
from quiz.cluster.overflow import RedisOverflow
from quiz.domain.ids import Millis, PlayerId, SessionId, SubmissionId
from quiz.domain.messages import Answer
from quiz.game.errors import Unavailable
from quiz.game.ports import OverflowQueue, PendingAnswer, QueuedAnswer
from tests.contract.cluster.nodes import patient
from tests.servers.black_hole import BlackHole
from tests.servers.redis import Redis, cluster, redis
from tests.waiting import until


def pending(
    player: str = "ann", submission: str = "s1", question: int = 1, answer: Answer | None = None
) -> PendingAnswer:
    return PendingAnswer(
        session_id=SessionId("session"),
        month=202611,
        player_id=PlayerId(player),
        question=question,
        submission=SubmissionId(submission),
        answer=[1] if answer is None else answer,
        received_at=Millis(1_700_000_000_123),
        elapsed_ms=Millis(4567),
    )


@asynccontextmanager
async def opened(url: str, **changes: object) -> AsyncIterator[RedisOverflow]:
    settings = patient(url, **changes)
    async with RedisCalls(settings) as calls:
        yield RedisOverflow(calls, settings)


@pytest.fixture
async def queue(server: Redis) -> AsyncIterator[OverflowQueue]:
    async with opened(server.url) as queue:
        yield queue


@pytest.mark.parametrize("answer", [[2, 0, 1], 3.25, -0.0, 1e15, "Zürich 🏔", []])
async def test_an_answer_comes_out_as_it_went_in(queue: OverflowQueue, answer: Answer) -> None:
    added = pending(answer=answer)
    assert await queue.add(added) == added
    [queued] = await queue.oldest(10)
    assert queued.pending == added
    assert await queue.find(added.session_id, 1, added.player_id) == added


async def test_a_second_answer_to_a_question_gets_the_first_one_back(queue: OverflowQueue) -> None:
    first, second = pending(submission="s1"), pending(submission="s2", answer=[0])
    await queue.add(first)
    assert await queue.add(second) == first
    assert await queue.waiting() == 1


async def test_of_answers_added_together_all_callers_get_the_same_one(queue: OverflowQueue) -> None:
    results = await asyncio.gather(*(queue.add(pending(submission=f"s{number}")) for number in range(20)))
    assert len({result.submission for result in results}) == 1
    assert await queue.waiting() == 1


async def test_other_players_and_other_questions_wait_beside_it(queue: OverflowQueue) -> None:
    for answer in (pending("ann"), pending("bob"), pending("ann", question=2)):
        await queue.add(answer)
    assert await queue.waiting() == 3
    assert await queue.find(SessionId("session"), 2, PlayerId("bob")) is None
    assert await queue.find(SessionId("another"), 1, PlayerId("ann")) is None


async def test_those_that_came_first_come_out_first(queue: OverflowQueue) -> None:
    players = [f"player {number}" for number in range(30)]
    for player in players:
        await queue.add(pending(player))
    assert [queued.pending.player_id for queued in await queue.oldest(20)] == players[:20]
    assert await queue.oldest(0) == []


async def test_the_queue_can_be_read_page_by_page(queue: OverflowQueue) -> None:
    players = [f"player {number}" for number in range(30)]
    for player in players:
        await queue.add(pending(player))
    first = await queue.oldest(20)
    rest = await queue.oldest(20, after=first[-1].entry)
    assert [queued.pending.player_id for queued in (*first, *rest)] == players
    assert await queue.oldest(20, after=rest[-1].entry) == []


async def test_one_node_at_a_time_is_told_that_counting_is_up_to_it(queue: OverflowQueue) -> None:
    assert await queue.claim("one", Millis(60_000))
    assert await queue.claim("one", Millis(200))
    assert not await queue.claim("two", Millis(60_000))

    async def over() -> bool:
        return await queue.claim("two", Millis(60_000))

    await until(over)


async def test_what_is_done_is_forgotten_and_may_be_done_again(queue: OverflowQueue) -> None:
    for player in ("ann", "bob"):
        await queue.add(pending(player))
    ann, bob = await queue.oldest(10)
    await queue.done([ann])
    await queue.done([ann])
    await queue.done([])
    assert await queue.oldest(10) == [bob]
    assert await queue.find(SessionId("session"), 1, PlayerId("ann")) is None


async def test_doing_again_what_was_done_leaves_a_later_answer_in_its_place(queue: OverflowQueue) -> None:
    await queue.add(pending())
    [first] = await queue.oldest(1)
    await queue.done([first])
    later = pending(submission="s2")
    assert await queue.add(later) == later
    await queue.done([first])
    assert await queue.find(SessionId("session"), 1, PlayerId("ann")) == later


async def test_thousands_are_done_at_once(server: Redis) -> None:
    async with opened(server.url) as queue:
        await asyncio.gather(*(queue.add(pending(f"player {number}")) for number in range(1200)))
        queued = await queue.oldest(5000)
        assert len(queued) == 1200
        await queue.done(queued)
        assert await queue.waiting() == 0
        assert await queue.oldest(10) == []


async def test_a_full_queue_takes_no_more_but_still_gives_back_what_waits(server: Redis) -> None:
    async with opened(server.url, overflow_max=2) as queue:
        await queue.add(pending("ann"))
        await queue.add(pending("bob"))
        with pytest.raises(Unavailable, match="2 answers wait already"):
            await queue.add(pending("cem"))
        assert await queue.add(pending("ann", submission="s2")) == pending("ann")
        await queue.done(await queue.oldest(1))
        assert await queue.add(pending("cem")) == pending("cem")


async def test_another_node_finds_what_one_has_added(server: Redis) -> None:
    async with opened(server.url) as ann, opened(server.url) as bob:
        await ann.add(pending())
        assert [queued.pending for queued in await bob.oldest(10)] == [pending()]


async def test_what_cannot_be_read_here_is_left_and_does_not_keep_up_the_others(
    queue: OverflowQueue, server: Redis
) -> None:
    strange = msgspec.msgpack.encode({"a newer": "release"})
    for number in range(5):
        server.ask("XADD", "quiz:{overflow}:answers", "*", "place", f"x:{number}", "answer", strange)
    await queue.add(pending())
    assert [queued.pending for queued in await queue.oldest(2)] == [pending()]
    assert await queue.waiting() == 6


async def test_a_field_that_a_newer_release_adds_is_passed_over(queue: OverflowQueue, server: Redis) -> None:
    newer = {**msgspec.to_builtins(pending()), "weather": "fine"}
    server.ask(
        "XADD", "quiz:{overflow}:answers", "*", "place", "session:1:ann", "answer", msgspec.msgpack.encode(newer)
    )
    assert [queued.pending for queued in await queue.oldest(2)] == [pending()]


async def test_with_an_append_only_file_nothing_is_lost_when_redis_is_killed(program: Path) -> None:
    with redis("--appendonly", "yes", "--appendfsync", "always", program=program) as server:
        async with opened(server.url) as queue:
            await queue.add(pending())
            server.kill()
            with pytest.raises(Unavailable):
                await queue.waiting()
            server.start()
            assert await queue.find(SessionId("session"), 1, PlayerId("ann")) == pending()
            assert await queue.check_durability() is None


async def test_a_server_that_would_forget_is_pointed_out(server: Redis) -> None:
    async with opened(server.url) as queue:
        assert "appendonly" in str(await queue.check_durability())
        server.ask("CONFIG", "SET", "appendonly", "yes")
        assert await queue.check_durability() is None
        server.ask("CONFIG", "SET", "maxmemory", "100mb")
        server.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        assert "maxmemory-policy" in str(await queue.check_durability())
        server.kill()
        assert "cannot be used" in str(await queue.check_durability())


@pytest.fixture(params=["dead", "hung", "black hole"])
async def unreachable(request: pytest.FixtureRequest, server: Redis) -> AsyncIterator[OverflowQueue]:
    """A queue that was reached a moment ago."""
    async with BlackHole(server.port) as hole, opened(f"redis://127.0.0.1:{hole.port}", call_timeout_ms=800) as queue:
        await queue.add(pending())
        if request.param == "dead":
            server.kill()
        elif request.param == "hung":
            server.pause()
        else:
            hole.swallow()
        yield queue


async def test_when_redis_cannot_be_reached_every_call_says_so_in_time(unreachable: OverflowQueue) -> None:
    calls = [
        unreachable.add(pending("bob")),
        unreachable.find(SessionId("session"), 1, PlayerId("ann")),
        unreachable.waiting(),
        unreachable.oldest(1),
        unreachable.done([QueuedAnswer("1-1", pending())]),
    ]
    async with asyncio.timeout(15):
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 5


async def test_after_redis_hung_the_next_call_goes_through_at_once(server: Redis) -> None:
    async with opened(server.url, call_timeout_ms=800, call_pause_ms=60_000) as queue:
        await queue.add(pending())
        server.pause()
        with pytest.raises(Unavailable):
            await queue.waiting()
        server.resume()
        assert await queue.waiting() == 1


@pytest.fixture
def servers(sharded_program: Path) -> Iterator[list[Redis]]:
    with cluster(2, sharded_program) as servers:
        yield servers


async def test_a_cluster_keeps_the_queue_on_one_server(servers: list[Redis]) -> None:
    url = "redis+cluster://" + ",".join(f"127.0.0.1:{server.port}" for server in servers)
    async with opened(url) as queue:
        assert await queue.add(pending()) == pending()
        assert await queue.add(pending(submission="s2")) == pending()
        await queue.done(await queue.oldest(1))
        assert await queue.waiting() == 0
