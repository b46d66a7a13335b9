"""The database's word on a commit is lost on the way back; nobody is left looking at an old picture."""

from __future__ import annotations

import pytest

from quiz.app import Node
from quiz.domain.board import Board
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.game.ports import SeatRefusal
from tests.node.conftest import Throw
from tests.node.quizzes import CHOICE, quiz


@pytest.fixture
def lost_words(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next commit that closes a question is carried out and reported as an outage; no real fault hits that."""
    store = node.storage.sessions
    commit = store.commit
    lost: list[Decision] = []

    async def once_lost(decision: Decision, now: Millis, most: int | None = None) -> Board | SeatRefusal | None:
        board = await commit(decision, now, most)
        if decision.closes is not None and not lost:
            lost.append(decision)
            raise Unavailable("the answer to COMMIT was lost")
        return board

    monkeypatch.setattr(store, "commit", once_lost)


@pytest.mark.usefixtures("lost_words")
async def test_a_close_that_was_carried_out_unseen_is_shown_to_everyone_at_the_next_try(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    version = host.acked
    await player.answer(1, [1])
    ack = await host.call("close", {"version": version})
    assert (ack["error"]["code"], ack["error"]["retry"]) == ("unavailable", True)
    ack = await host.call("close", {"version": version})
    assert (ack["error"]["code"], ack["error"]["version"]) == ("stale", version + 1)
    for client in (host, player):
        await client.sent("reveal", lambda event: event["version"] == version + 1)
    assert (await player.sent("result"))["correct"] is True


@pytest.mark.usefixtures("lost_words")
async def test_a_deadline_that_was_carried_out_unseen_is_shown_to_everyone(throw: Throw) -> None:
    party = await throw(quiz({**CHOICE, "time_limit": 5}))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    assert (await player.sent("reveal"))["version"] == host.acked + 1
    assert (await host.sent("reveal"))["version"] == host.acked + 1
