"""The report of a game says what anybody can count from its results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

import aiohttp
import pytest

from tests.node.conftest import Throw
from tests.node.people import Host, Party, Player, about
from tests.node.quizzes import FIVE_TYPES, ORDER, TEXT, quiz

GIVEN: dict[int, Sequence[Any]] = {
    1: ([1], [0], [1], [2]),
    2: ([0, 2], [0], [1], [0, 1, 2]),
    3: (27, 28, 30, 30),
    4: ("reykjavik", "OSLO", "Oslo ", "Nuuk"),
    6: ([0], [1], [0], [0]),
}
"""What the four players answer to each question; the fifth one is put in order right, wrong, wrong and right."""


async def play(host: Host, players: Sequence[Player]) -> None:
    """Play all six questions to the end; the last player leaves out the first question."""
    await host.does("start")
    for number in range(1, 7):
        for nth, player in enumerate(players):
            opened = await player.sent("question", about(number))
            if number == 5:
                shown = opened["question"]["items"]
                right = [shown.index(item) for item in ORDER["items"]]
                answer: Any = right[::-1] if nth in (1, 2) else right
            else:
                answer = GIVEN[number][nth]
            if (number, nth) != (1, 3):
                assert (await player.answer(number, answer))["status"] == "saved"
        await host.does("close")
        await host.does("next")
        await host.does("next")


async def results_of(party: Party) -> Any:
    url = f"{party.api.url}/api/v1/sessions/{party.made['id']}/results?format=json"
    async with aiohttp.request("GET", url, headers={"Authorization": f"Bearer {party.made['host_token']}"}) as reply:
        assert reply.status == 200
        return await reply.json(content_type=None)


async def told(party: Party, path: str) -> Any:
    status, body = await party.api.call("GET", f"/sessions/{party.made['id']}{path}", token=party.made["host_token"])
    assert status == 200, body
    return body


async def test_a_report_is_what_the_results_count_up_to(throw: Throw) -> None:
    party = await throw(FIVE_TYPES)
    host = await party.host()
    players = [await party.player(name) for name in ("Ada", "Bert", "Cy", "Di")]
    rude = await party.player("Rude")
    await play(host, players)
    await host.does("void", question=3)
    await host.does("kick", player_id=rude.player_id)
    report, results = await told(party, "/report"), await results_of(party)
    answers = [row for row in results["answers"] if not row["removed"]]
    scored = [row for row in answers if row["correct"] is not None]
    assert (report["players"], report["asked"], report["answers"]) == (4, 6, len(answers))
    assert report["right_share"] == pytest.approx(sum(row["correct"] for row in scored) / len(scored))
    assert report["finished_at"] > report["started_at"]
    for question, row in zip(report["questions"], results["questions"], strict=True):
        check(question, row, [each for each in answers if each["question"] == question["number"]])


def check(question: Any, row: Any, answers: Sequence[Any]) -> None:
    number = question["number"]
    assert (number, question["text"], question["voided"]) == (row["number"], row["text"], row["voided"])
    assert question["answered"] == len(answers) == (3 if number == 1 else 4)
    times = [each["response_ms"] for each in answers]
    assert question["mean_response_ms"] == pytest.approx(sum(times) / len(times))
    assert question["median_response_ms"] == median(times)
    if question["choices"] is not None:
        named = Counter(text for each in answers for text in each["answer"].split("; "))
        assert question["counts"] == [named[choice] for choice in question["choices"]]
    if question["type"] == "poll" or question["voided"]:
        assert (question["right_share"], question["points_mean"]) == (None, None)
    else:
        right = sum(each["correct"] for each in answers)
        partly = sum(not each["correct"] and each["points"] > 0 for each in answers)
        assert (question["right"], question["partly"], question["wrong"]) == (
            right,
            partly,
            len(answers) - right - partly,
        )
        assert question["right_share"] == pytest.approx(right / len(answers))
        assert question["points_mean"] == pytest.approx(sum(each["points"] for each in answers) / len(answers))
    wrong = {3: [(30, 2)], 4: [("OSLO", 2), ("Nuuk", 1)]}.get(number, [])
    assert [(each["answer"], each["count"]) for each in question["commonest_wrong"]] == wrong


async def test_each_players_answers_are_those_of_the_results(throw: Throw) -> None:
    party = await throw(FIVE_TYPES)
    host = await party.host()
    players = [await party.player(name) for name in ("Ada", "Bert", "Cy", "Di")]
    await play(host, players)
    results, standings = await results_of(party), await told(party, "/standings")
    for place in standings["items"]:
        player = await told(party, f"/players/{place['player_id']}/answers")
        assert {name: player[name] for name in place} == place
        rows = [row for row in results["answers"] if row["player_id"] == place["player_id"]]
        told_there = [(row["question"], row["answer"], row["correct"], row["points"]) for row in rows]
        assert [(each["question"], each["answer"], each["correct"], each["points"]) for each in player["answers"]] == (
            told_there
        )
        assert sum(each["points"] for each in player["answers"]) == place["points"]


async def test_players_and_screens_get_no_report(throw: Throw) -> None:
    party = await throw(quiz(TEXT))
    player = await party.player("Ada")
    for token in (player.token_text, party.made["screen_token"]):
        for path in ("report", f"players/{player.player_id}/answers"):
            status, body = await party.api.call("GET", f"/sessions/{party.made['id']}/{path}", token=token)
            assert (status, body["error"]["code"]) == (403, "forbidden")
