"""The database does not answer for a while: retryable errors meanwhile, nothing lost and nothing doubled after it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from quiz.app import Node
from quiz.config import Settings, read_settings
from tests.node.conftest import PASSWORD, Throw
from tests.node.people import Player
from tests.node.quizzes import CHOICE, quiz


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A node that gives up on a locked file soon."""
    return read_settings(
        {
            "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'quiz.db'}",
            "QUIZ_ADMIN_PASSWORD": PASSWORD,
            "QUIZ_DATABASE_LOCK_TIMEOUT_MS": "200",
            "QUIZ_DEADLINE_JITTER_MS": "0",
        }
    )


@contextmanager
def locked(tmp_path: Path) -> Iterator[None]:
    """Another process's transaction that does not end: nobody else can write."""
    with closing(sqlite3.connect(tmp_path / "quiz.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_an_answer_in_an_outage_is_unavailable_and_its_retry_is_saved_once(
    throw: Throw, node: Node, tmp_path: Path
) -> None:
    party = await throw(quiz(CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    with locked(tmp_path):
        ack = await player.answer(1, [1], "one")
        assert (ack["error"]["code"], ack["error"]["retry"]) == ("unavailable", True)
    saved = await player.answer(1, [1], "one")
    assert saved["status"] == "saved"
    assert await player.answer(1, [1], "one") == saved
    metrics = node.metrics.render().decode()
    assert 'quiz_rows_failed_total{of="answers"} 1.0' in metrics


async def test_a_command_in_an_outage_is_refused_and_can_be_given_again(throw: Throw, tmp_path: Path) -> None:
    party = await throw(quiz(CHOICE))
    host = await party.host()
    with locked(tmp_path):
        ack = await host.command("start")
        assert (ack["error"]["code"], ack["error"]["retry"]) == ("unavailable", True)
    await host.does("start")


async def test_a_deadline_in_an_outage_closes_the_question_when_it_is_over(throw: Throw, tmp_path: Path) -> None:
    party = await throw(quiz({**CHOICE, "time_limit": 5}))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    opened = await player.sent("question")
    assert (await player.answer(1, [1]))["ok"]
    with locked(tmp_path):
        now = (await player.call("time"))["now"]
        await asyncio.sleep((opened["closes_at"] - now) / 1000 + 0.7)
        assert [name for name, _ in player.frames if name == "reveal"] == []
    reveal = await player.sent("reveal")
    assert (reveal["closed_at"], reveal["answered"]) == (opened["closes_at"], 1)


async def test_joining_in_an_outage_says_when_to_come_back(throw: Throw, tmp_path: Path) -> None:
    party = await throw(quiz(CHOICE))
    address = f"{party.api.url}/api/v1/sessions/{party.made['pin']}/players"
    with locked(tmp_path):
        async with party.api.http.post(address, json={"nickname": "Ann"}) as reply:
            assert reply.status == 503
            assert int(reply.headers["Retry-After"]) >= 1
    assert isinstance(await party.player("Ann"), Player)
