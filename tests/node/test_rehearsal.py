"""Bots that one click adds play a quiz to its end, over a real node."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import aiohttp
import pytest

from quiz.app import Node, running
from quiz.config import Settings
from quiz.domain.ids import PlayerId
from quiz.game.welcome import demo_quiz
from tests.node.conftest import PASSWORD, Throw
from tests.node.people import JSON, Api, Host, Party
from tests.node.quizzes import FIVE_TYPES, MULTIPLE, quiz
from tests.waiting import until

BOTS = 20
ENOUGH = 2
"""Answers for which a host waits before going on, who is in more of a hurry than hosts are."""


@pytest.fixture(autouse=True)
def same_bots(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bots each time: what they do follows from their ids. Some of these are quick, and some wrong."""
    numbers = itertools.count(1_681)
    monkeypatch.setattr("quiz.game.rehearsal.new_bot_id", lambda: PlayerId(f"bot{next(numbers)}"))


async def add(party: Party, players: int) -> JSON:
    status, body = await party.api.call("POST", f"/sessions/{party.made['id']}/bots", {"players": players})
    assert status == 201, body
    return body


async def remove(party: Party) -> JSON:
    status, body = await party.api.call("DELETE", f"/sessions/{party.made['id']}/bots")
    assert status == 200, body
    return body


async def play(host: Host, questions: int, enough: int) -> None:
    """Go through a game, each question open until some have answered."""
    await host.does("start")
    for number in range(1, questions + 1):
        await host.sent("progress", answered_by(number, enough))
        for step in ("close", "next", "next"):
            await host.does(step)
    await host.sent("finished")


def answered_by(number: int, least: int) -> Callable[[JSON], bool]:
    """Whether a `progress` event says that so many at least have answered this question."""
    return lambda event: bool(event["question"] == number and event["answered"] >= least)


async def test_twenty_bots_play_the_demo_quiz_and_stand_in_its_results(throw: Throw) -> None:
    party = await throw(demo_quiz())
    host = await party.host()
    assert await add(party, BOTS) == {"seated": BOTS}
    await host.sent("lobby", lambda event: event["players"] == BOTS)
    questions = len(demo_quiz().questions)
    await play(host, questions, ENOUGH)
    status, results = await party.api.call("GET", f"/sessions/{party.made['id']}/results?format=json")
    assert status == 200
    assert {line["nickname"] for line in results["players"]} == {f"Bot {number}" for number in range(1, BOTS + 1)}
    assert {answer["question"] for answer in results["answers"]} == set(range(1, questions + 1))
    assert len(results["answers"]) >= questions * ENOUGH
    right = [answer["correct"] for answer in results["answers"] if answer["correct"] is not None]
    assert {True, False} == set(right)
    assert all(answer["response_ms"] >= 700 for answer in results["answers"])


async def test_bots_answer_within_seconds_where_there_is_no_time_limit_and_beat_who_does_nothing(throw: Throw) -> None:
    party = await throw(quiz(MULTIPLE))
    host, ann = await party.host(), await party.player("Ann")
    await add(party, 10)
    await play(host, 1, 8)
    finished = await ann.sent("finished")
    assert finished["of"] == 11
    assert all(entry["nickname"].startswith("Bot ") for entry in finished["podium"])


async def test_a_hundred_bots_leave_the_lobby_within_two_seconds_and_staff_is_told(throw: Throw) -> None:
    party = await throw(FIVE_TYPES)
    host, screen, ann = await party.host(), await party.screen(), await party.player("Ann")
    await add(party, 100)
    await screen.sent("lobby", lambda event: event["players"] == 101)
    began = time.monotonic()
    assert await remove(party) == {"removed": 100}
    assert time.monotonic() - began < 2
    for staff in (host, screen):
        told = await staff.sent("lobby", lambda event: event["left"] != [])
        assert (told["players"], len(told["left"])) == (1, 100)
    _, page = await party.api.call("GET", f"/sessions/{party.made['id']}/standings")
    assert [line["nickname"] for line in page["items"]] == ["Ann"]
    assert not ann.gone.is_set()
    assert (await host.does("start"))["version"] == host.last("lobby")["version"] + 1


async def test_bots_that_go_in_the_middle_of_a_question_leave_the_game_to_people(throw: Throw) -> None:
    party = await throw(FIVE_TYPES)
    host, ann = await party.host(), await party.player("Ann")
    await add(party, 5)
    await host.does("start")
    await host.sent("progress", answered_by(1, 2))
    await remove(party)
    assert (await ann.answer(1, [1]))["ok"]
    await host.does("close")
    reveal = await ann.sent("reveal")
    assert reveal["answered"] == 1
    assert (await ann.sent("result"))["of"] == 1


async def test_bots_that_a_stopped_node_left_are_taken_up_again_and_can_be_removed(
    settings: Settings,
) -> None:
    async with running(settings, "127.0.0.1", 0) as node, aiohttp.ClientSession() as http:
        api = await Api(http, node.url).sign_in(PASSWORD)
        made = await api.make_session(await api.add_quiz(FIVE_TYPES))
        assert await add(Party(api, made, ()), 4) == {"seated": 4}
        await until_play(node, 4)
    async with running(settings, "127.0.0.1", 0) as node, aiohttp.ClientSession() as http:
        api = await Api(http, node.url).sign_in(PASSWORD)
        party = Party(api, made, ("websocket",))
        host = await party.host()
        assert playing(node) == 0
        assert await add(party, 0) == {"seated": 0}
        await host.does("start")
        await host.sent("progress", answered_by(1, 2))
        await until_play(node, 4)
        assert await remove(party) == {"removed": 4}
        await until_play(node, 0)
        await party.go_home()


async def until_play(node: Node, bots: int) -> None:
    """Wait until the node plays so many."""

    async def do_they() -> bool:
        return playing(node) == bots

    await until(do_they)


def playing(node: Node) -> float:
    """What the metric of bots says."""
    node.metrics.render()
    return node.metrics.registry.get_sample_value("quiz_bots") or 0
