"""PostgreSQL is away in an open question: answers are queued, and counted when it is back."""

from __future__ import annotations

import asyncio

from quiz.app import Node
from quiz.cluster.calls import RedisCalls
from quiz.cluster.overflow import RedisOverflow
from quiz.cluster.settings import RedisSettings
from quiz.domain.ids import Millis, PlayerId, SessionId, SubmissionId
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import PendingAnswer
from tests.node.quizzes import CHOICE, quiz
from tests.nodes.conftest import Open
from tests.servers.postgresql import Postgresql
from tests.servers.redis import Redis
from tests.waiting import until


async def stored(node: Node, session_id: str) -> list[StoredAnswer]:
    picture = await node.storage.sessions.load(SessionId(session_id))
    assert picture is not None
    return [row async for row in node.storage.sessions.answers(picture.session)]


async def test_answers_given_while_the_database_is_frozen_are_queued_and_counted_once_with_their_times(
    open_cluster: Open, redis: Redis, database_server: Postgresql
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url, QUIZ_OVERFLOW_PATIENCE_MS="300")
    hall = await cluster.hall(quiz({**CHOICE, "time_limit": None}))
    host = await hall.host(at=0)
    players = [await hall.player(f"Player {n}", at=n % 2) for n in range(8)]
    await host.does("start")
    for player in players:
        await player.sent("question")
    assert (await players[0].answer(1, [1], "early"))["status"] == "saved"
    database_server.pause()
    try:
        acks = await asyncio.gather(*(player.answer(1, [1], f"of {player.nickname}") for player in players[1:]))
        again = await players[1].answer(1, [1], f"of {players[1].nickname}")
        other = await players[1].answer(1, [0], "another")
    finally:
        database_server.resume()
    assert [ack["status"] for ack in acks] == ["queued"] * 7
    assert again == acks[0]
    assert other["error"]["code"] == "already_answered"

    async def all_rows() -> list[StoredAnswer]:
        found = await stored(cluster.nodes[0], hall.made["id"])
        return found if len(found) == 8 else []

    rows = await until(all_rows, within_s=5)
    times = {row.player_id: (row.submission, row.received_at) for row in rows}
    for player, ack in zip(players[1:], acks, strict=True):
        assert times[PlayerId(player.player_id)] == (f"of {player.nickname}", ack["received_at"])
    await host.does("close")
    for player in players:
        assert (await player.sent("result"))["correct"] is True
    assert (await host.sent("reveal"))["answered"] == 8


async def test_a_host_who_closes_at_once_when_the_database_is_back_waits_for_the_queue(
    open_cluster: Open, redis: Redis, database_server: Postgresql
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url, QUIZ_OVERFLOW_PATIENCE_MS="300")
    hall = await cluster.hall(quiz({**CHOICE, "time_limit": None}))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    await host.does("start")
    await ann.sent("question")
    database_server.pause()
    try:
        assert (await ann.answer(1, [1]))["status"] == "queued"
    finally:
        database_server.resume()
    await host.does("close")
    assert (await ann.sent("result"))["correct"] is True


async def test_an_answer_that_leaves_the_queue_after_its_question_has_closed_is_counted_all_the_same(
    open_cluster: Open, redis: Redis
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    await host.does("start")
    opened = await ann.sent("question")
    await host.does("close")
    assert (await ann.sent("result"))["points"] == 0
    picture = await cluster.nodes[0].storage.sessions.load(SessionId(hall.made["id"]))
    assert picture is not None
    late = PendingAnswer(
        session_id=picture.session.id,
        month=picture.session.month,
        player_id=PlayerId(ann.player_id),
        question=1,
        submission=SubmissionId("late"),
        answer=[1],
        received_at=Millis(opened["opens_at"] + 100),
        elapsed_ms=Millis(100),
    )
    # Another node has queued it just before the close, and could not be asked.
    settings = RedisSettings(url=redis.url)
    async with RedisCalls(settings) as calls:
        queue = RedisOverflow(calls, settings)
        await queue.add(late)
        state = await ann.sent("state", lambda event: (event["you"].get("result") or {}).get("points") == 1000)
        assert state["you"]["total"] == 1000

        async def empty() -> bool:
            return await queue.waiting() == 0

        await until(empty)
    assert [(row.submission, row.received_at) for row in await stored(cluster.nodes[1], hall.made["id"])] == [
        ("late", opened["opens_at"] + 100)
    ]


async def test_in_an_outage_a_saved_answer_keeps_its_ack_and_a_second_one_is_refused(
    open_cluster: Open, redis: Redis, database_server: Postgresql
) -> None:
    cluster = await open_cluster(nodes=1, redis=redis.url, QUIZ_OVERFLOW_PATIENCE_MS="300")
    hall = await cluster.hall(quiz({**CHOICE, "time_limit": None}))
    host, ann = await hall.host(), await hall.player("Ann")
    await host.does("start")
    await ann.sent("question")
    first = await ann.answer(1, [1], "one")
    database_server.pause()
    try:
        again = await ann.answer(1, [1], "one")
        second = await ann.answer(1, [0], "two")
    finally:
        database_server.resume()
    assert again == first
    assert (second["error"]["code"], second["error"]["retry"]) == ("already_answered", False)


async def test_a_wrong_answer_that_leaves_the_queue_late_is_in_the_counts_that_everybody_sees(
    open_cluster: Open, redis: Redis
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    await host.does("start")
    opened = await ann.sent("question")
    await host.does("close")
    assert (await ann.sent("reveal"))["counts"] == [0, 0, 0]
    settings = RedisSettings(url=redis.url)
    async with RedisCalls(settings) as calls:
        picture = await cluster.nodes[0].storage.sessions.load(SessionId(hall.made["id"]))
        assert picture is not None
        await RedisOverflow(calls, settings).add(
            PendingAnswer(
                session_id=picture.session.id,
                month=picture.session.month,
                player_id=PlayerId(ann.player_id),
                question=1,
                submission=SubmissionId("late"),
                answer=[0],
                received_at=Millis(opened["opens_at"] + 100),
                elapsed_ms=Millis(100),
            )
        )
        for client in (host, ann):
            state = await client.sent("state", lambda event: event.get("reveal", {}).get("counts") == [1, 0, 0])
            assert state["reveal"]["answered"] == 1


async def test_with_both_away_the_answer_may_be_tried_again_under_its_id(
    open_cluster: Open, redis: Redis, database_server: Postgresql
) -> None:
    cluster = await open_cluster(nodes=1, redis=redis.url, QUIZ_OVERFLOW_PATIENCE_MS="300")
    hall = await cluster.hall(quiz({**CHOICE, "time_limit": None}))
    host, ann = await hall.host(), await hall.player("Ann")
    await host.does("start")
    await ann.sent("question")
    await asyncio.to_thread(redis.kill)
    database_server.pause()
    try:
        ack = await ann.answer(1, [1], "one")
    finally:
        database_server.resume()
    assert (ack["error"]["code"], ack["error"]["retry"]) == ("unavailable", True)

    async def saved() -> bool:
        return bool((await ann.answer(1, [1], "one")).get("status") == "saved")

    await until(saved)
    await host.does("close")
    assert (await ann.sent("result"))["correct"] is True
