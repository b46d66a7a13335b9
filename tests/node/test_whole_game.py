"""A game from the lobby to the podium, over each transport, by clients that know the contract only."""

from __future__ import annotations

from typing import Any

from tests.node.conftest import Throw
from tests.node.people import Host, Player, about, counted
from tests.node.quizzes import CHOICE, FIVE_TYPES, ORDER, quiz


def right_order(player: Player) -> list[int]:
    shown = player.last("question")["question"]["items"]
    return [shown.index(item) for item in ORDER["items"]]


async def test_a_game_of_all_types_goes_from_the_lobby_to_the_podium(throw: Throw, transport: tuple[str, ...]) -> None:
    party = await throw(FIVE_TYPES, transport)
    host, screen = await party.host(), await party.screen()
    right, wrong = await party.player("Right"), await party.player("Wrong")
    await screen.sent("lobby", lambda lobby: lobby["players"] == 2)
    await host.does("start")
    answers: list[tuple[Any, Any]] = [
        ([1], [0]),
        ([0, 2], [1]),
        (28, 3),
        ("reykjavik", "Oslo"),
        (None, None),
        ([0], [1]),
    ]
    for number, (good, bad) in enumerate(answers, start=1):
        for player in (right, wrong):
            opened = await player.sent("question", about(number))
            assert opened["opens_at"] == opened["question"]["opens_at"]
        first, second = (right_order(right), right_order(right)[::-1]) if number == 5 else (good, bad)
        assert (await right.answer(number, first))["status"] == "saved"
        assert (await wrong.answer(number, second))["status"] == "saved"
        await screen.sent("progress", counted(number, 2))
        await close_and_check(host, right, wrong, number)
        await host.does("next")
    for client in (host, screen, right, wrong):
        finished = await client.sent("finished")
        assert [(entry["rank"], entry["nickname"]) for entry in finished["podium"]] == [(1, "Right"), (2, "Wrong")]
        assert finished["of"] == 2
        assert finished["podium"][1]["points"] == 0


async def close_and_check(host: Host, right: Player, wrong: Player, number: int) -> None:
    await host.does("close")
    poll = number == 6
    result = await right.sent("result", about(number))
    assert result["correct"] is (None if poll else True)
    assert (result["rank"], result["of"]) == (1, 2)
    assert result["streak"] == min(number, 5)
    result = await wrong.sent("result", about(number))
    assert result["correct"] is (None if poll else False)
    assert (result["points"], result["total"], result["streak"]) == (0, 0, 0)
    reveal = await wrong.sent("reveal", about(number))
    assert reveal["answered"] == 2
    await host.does("next")
    standings = await wrong.sent("standings", lambda event: event["version"] == host.acked)
    assert [entry["nickname"] for entry in standings["top"]] == ["Right", "Wrong"]


async def test_points_are_those_of_the_published_formula(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    opened = await player.sent("question")
    ack = await player.answer(1, [1])
    await host.does("close")
    elapsed = (ack["received_at"] - opened["opens_at"]) / 1000
    expected = 1000 if elapsed <= 0.5 else round(1000 * (1 - elapsed / 20 / 2))
    assert (await player.sent("result"))["points"] == expected


async def test_accuracy_scoring_pays_the_same_however_late(throw: Throw) -> None:
    party = await throw(quiz({**CHOICE, "points": 700}), scoring="accuracy")
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    await player.answer(1, [1])
    await host.does("close")
    assert (await player.sent("result"))["points"] == 700


async def test_a_late_joiner_gets_the_open_question_and_may_answer(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host = await party.host()
    await host.does("start")
    late = await party.player("Late")
    state = late.last("state")
    assert state["phase"] == "question"
    assert (await late.answer(state["question"]["number"], [1]))["ok"]


async def test_a_deadline_closes_the_question_by_itself(throw: Throw) -> None:
    party = await throw(quiz({**CHOICE, "time_limit": 5}))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    opened = await player.sent("question")
    assert opened["closes_at"] == opened["opens_at"] + 5000
    reveal = await player.sent("reveal")
    assert reveal["closed_at"] == opened["closes_at"]
    now = (await player.call("time"))["now"]
    assert 0 <= now - opened["closes_at"] < 1000


async def test_a_lead_in_shows_the_question_before_it_takes_answers(throw: Throw) -> None:
    party = await throw(quiz(CHOICE), lead_in_ms=10_000)
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    opened = await player.sent("question")
    assert opened["closes_at"] - opened["opens_at"] == 20_000
    ack = await player.answer(1, [1])
    assert ack["error"]["code"] == "not_open"


async def test_voiding_a_question_takes_its_points_from_everyone(throw: Throw) -> None:
    party = await throw(quiz(CHOICE, {**CHOICE, "text": "And again?"}))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    await player.answer(1, [1])
    await host.does("close")
    earned = (await player.sent("result"))["total"]
    assert earned > 0
    await host.does("void", question=1)
    state = await player.sent("state", lambda event: event["version"] == host.acked)
    assert state["you"]["total"] == 0
    assert state["you"]["result"]["correct"] is None
    assert state["reveal"]["voided"]
    assert (await host.command("void", question=1))["error"]["code"] == "invalid"


async def test_a_kicked_player_is_told_and_cannot_come_back(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, rude, kind = await party.host(), await party.player("Rude"), await party.player("Kind")
    await host.sent("state")
    await host.does("kick", player_id=rude.player_id)
    assert (await rude.sent("kicked"))["reason"]
    await rude.gone.wait()
    lobby = await host.sent("lobby", lambda event: "Rude" in event["left"])
    assert lobby["players"] == 1
    assert (await kind.sent("state", lambda event: event["version"] == host.acked))["players"] == 1
    again = await party.api.join(party.made["pin"], "Rude")
    assert again["player_id"] != rude.player_id


async def test_a_locked_session_lets_nobody_in_but_those_who_have_a_seat(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, seated = await party.host(), await party.player("Seated")
    await host.does("lock")
    status, body = await party.api.call("POST", f"/sessions/{party.made['pin']}/players", {"nickname": "New"})
    assert (status, body["error"]["code"]) == (403, "session_locked")
    back = await party.again(seated)
    assert back.last("state")["you"]["nickname"] == "Seated"
    await host.does("unlock")
    await party.player("New")


async def test_an_extension_moves_the_deadline_for_everyone(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    first = await player.sent("question")
    await host.does("extend", seconds=30)
    moved = await player.sent("question", lambda event: event["version"] == host.acked)
    assert moved["closes_at"] == first["closes_at"] + 30_000
    assert moved["question"]["number"] == 1


async def test_ending_in_an_open_question_counts_the_answers_that_were_saved(throw: Throw) -> None:
    party = await throw(quiz(CHOICE, CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    await player.answer(1, [1])
    await host.does("end")
    finished = await player.sent("finished")
    assert finished["podium"][0]["points"] > 0
    assert [name for name, _ in player.frames][-3:] == ["reveal", "result", "finished"]
    status, _ = await party.api.call("GET", f"/sessions/{party.made['pin']}")
    assert status == 404
