"""Whoever comes to another node finds the game as it is, also when that node had not heard, or nobody can ask."""

from __future__ import annotations

import asyncio

from tests.node.quizzes import CHOICE, quiz
from tests.nodes.conftest import Open
from tests.servers.postgresql import Postgresql
from tests.servers.redis import Redis
from tests.waiting import until

DEAF = {"QUIZ_VERSIONS_INTERVAL_MS": "60000"}
"""Nodes that hear of nothing and do not look for themselves while a test lasts."""


async def test_who_comes_to_a_node_that_is_behind_is_shown_the_present_and_may_answer(open_cluster: Open) -> None:
    cluster = await open_cluster(nodes=2, **DEAF)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann, ben = await hall.host(at=0), await hall.player("Ann", at=0), await hall.player("Ben", at=1)
    await host.does("start")
    await ann.sent("question")
    await ann.leave()
    back = await hall.again(ann, at=1)
    assert back.last("state")["version"] == host.acked
    assert (await back.answer(1, [1]))["status"] == "saved"
    assert (await ben.sent("question"))["version"] == host.acked, "the others there learn of it too"


async def test_an_answer_to_a_question_that_its_node_has_not_heard_of_is_taken(open_cluster: Open) -> None:
    cluster = await open_cluster(nodes=2, **DEAF)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    await host.does("start")
    assert (await ann.answer(1, [1]))["status"] == "saved"


async def test_who_comes_while_the_database_is_frozen_sees_the_question_and_answers_when_it_is_back(
    open_cluster: Open, redis: Redis, database_server: Postgresql
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url, QUIZ_OVERFLOW_PATIENCE_MS="300")
    hall = await cluster.hall(quiz({**CHOICE, "time_limit": None}))
    host, ann, ben = await hall.host(at=0), await hall.player("Ann", at=0), await hall.player("Ben", at=1)
    await host.does("start")
    for player in (ann, ben):
        await player.sent("question")
    assert (await ann.answer(1, [1], "one"))["status"] == "saved"
    database_server.pause()
    try:
        assert (await ben.answer(1, [1]))["status"] == "queued"
        back = await hall.again(ann, at=1)
        assert back.last("state")["phase"] == "question"
        ack = await back.answer(1, [0], "two")
        assert (ack["error"]["code"], ack["error"]["retry"]) == ("unavailable", True)
    finally:
        database_server.resume()

    async def told() -> bool:
        return bool((await back.answer(1, [0], "two"))["error"]["code"] == "already_answered")

    await until(told)
    assert (await back.answer(1, [1], "one"))["status"] == "saved"


async def test_players_of_a_game_that_is_over_still_hear_what_changes_it(open_cluster: Open, redis: Redis) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    for step in ("start", "end"):
        await host.does(step)
    await ann.sent("finished")
    for node in cluster.nodes:
        node.game.live.forget_finished()
    await host.does("void", question=1)
    assert (await ann.sent("state", lambda state: state["version"] == host.acked))["phase"] == "finished"


async def test_a_node_goes_on_looking_after_an_error_that_is_no_outage(
    open_cluster: Open, database: str, database_server: Postgresql
) -> None:
    cluster = await open_cluster(nodes=2, QUIZ_VERSIONS_INTERVAL_MS="100")
    hall = await cluster.hall(quiz({**CHOICE, "time_limit": 5}))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    name = database.rpartition("/")[2]
    # In a thread: it waits for a node's transaction, which goes on in this loop.
    await asyncio.to_thread(database_server.execute, "ALTER TABLE sessions RENAME TO sessions_", name)
    try:
        await asyncio.sleep(0.5)  # some looks long
    finally:
        await asyncio.to_thread(database_server.execute, "ALTER TABLE sessions_ RENAME TO sessions", name)
    await host.does("start")
    assert (await ann.sent("question"))["version"] == host.acked
