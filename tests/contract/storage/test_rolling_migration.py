"""Nodes of the release before and of this one share a PostgreSQL while it is migrated, and no answer is lost."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quiz.domain.commands import Close
from quiz.domain.ids import Millis, SessionId
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import Mark
from quiz.storage.migrate import migrate, pending
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.databases import PostgresqlDatabases
from tests.contract.storage.games import Stage

ROOT = Path(__file__).parents[3]
BEFORE = "0c0d454d40b3e6d5fa8fc2a036800cbb53196531"
"""The last commit that knows nothing of partitions."""
PLAYERS = 3000
"""More than can answer before the tables are migrated."""
OLD_NODE = Path(__file__).with_name("old_node.py")


@pytest.fixture(scope="session")
def old_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the release before."""
    git = shutil.which("git") or "true"
    done = subprocess.run([git, "archive", BEFORE], cwd=ROOT, capture_output=True, check=False)
    if done.returncode or not done.stdout:
        reason = f"The release before is not in this checkout: {done.stderr.decode().strip() or 'there is no git'}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}. Fetch the whole history.")
        pytest.skip(reason)
    place = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(place, filter="data")
    return place


class OldNode:
    """Runs code of the release before on a database."""

    def __init__(self, code: Path, url: str) -> None:
        self._code = code
        self._url = url

    async def start(self, task: str, *arguments: str) -> Process:
        environment = {**os.environ, "PYTHONPATH": str(self._code)}
        command = [sys.executable, str(OLD_NODE), task, self._url, *arguments]
        return await asyncio.create_subprocess_exec(
            *command, cwd=self._code, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )

    async def does(self, task: str, *arguments: str) -> Any:
        """Give the last thing it says."""
        process = await self.start(task, *arguments)
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return json.loads(out.splitlines()[-1])


@pytest.fixture
def url(on_postgresql: PostgresqlDatabases) -> Iterator[str]:
    """A database without tables."""
    name = on_postgresql.server.create_database()
    yield on_postgresql.server.url(name)
    on_postgresql.server.drop_database(name)


@pytest.fixture
def old_node(old_code: Path, url: str) -> OldNode:
    return OldNode(old_code, url)


def patient(url: str) -> StorageSettings:
    """Counting thousands of answers takes a busy machine longer than transactions may be idle elsewhere."""
    return StorageSettings(url=url, idle_timeout_ms=Millis(10_000))


async def stage_of(storage: Storage, session_id: str) -> Stage:
    picture = await storage.sessions.load(SessionId(session_id))
    assert picture is not None
    stage = Stage(storage, picture.session)
    stage.board = picture.board
    return stage


async def totals(stage: Stage) -> dict[str, object]:
    """The same as the old node says."""
    stored = [each async for each in stage.storage.sessions.answers(stage.session)]
    return {
        "session": stage.session.id,
        "version": stage.session.version,
        "correct": sum(stage.board.tally(player).score.correct for player in stage.board.seats),
        "answers": sorted(each.player_id for each in stored),
    }


async def test_tables_are_migrated_under_old_nodes_that_go_on_writing(old_node: OldNode, url: str) -> None:
    assert await old_node.does("migrate") == ["0001"]
    before, late = await old_node.does("play"), await old_node.does("open", str(PLAYERS))
    assert before["correct"] == len(before["answers"]) == 20
    assert list(await pending(url)) == ["0002"]

    answering = await old_node.start("answer", late)
    assert answering.stdin is not None
    assert answering.stdout is not None
    acked = [json.loads(await answering.stdout.readline()) for _ in range(50)]
    assert list(await migrate(url)) == ["0002"]
    acked += [json.loads(await answering.stdout.readline()) for _ in range(50)]
    answering.stdin.close()
    out, err = await answering.communicate()
    assert answering.returncode == 0, err.decode()
    acked += [json.loads(line) for line in out.splitlines()]
    assert len(acked) < PLAYERS, "it had nobody left to answer for"
    assert list(await pending(url)) == []

    after = await old_node.does("close", late)
    assert set(acked) <= set(after["answers"])
    assert after["correct"] == len(after["answers"])
    assert await old_node.does("totals", before["session"]) == before
    async with Storage(patient(url)) as storage:
        assert await totals(await stage_of(storage, before["session"])) == before
        assert await totals(await stage_of(storage, late)) == after


async def test_old_nodes_play_whole_games_on_the_new_tables(old_node: OldNode, url: str) -> None:
    await migrate(url)
    told = await old_node.does("play")
    assert told["correct"] == len(told["answers"]) == 20
    async with Storage(patient(url)) as storage:
        assert await totals(await stage_of(storage, told["session"])) == told
    # It does not take them for tables it has to change.
    assert await old_node.does("migrate") == []


async def test_new_code_works_on_the_old_tables_and_says_that_they_are_behind(old_node: OldNode, url: str) -> None:
    await old_node.does("migrate")
    played = await old_node.does("play")
    assert list(await pending(url)) == ["0002"]
    async with Storage(patient(url)) as storage:
        await storage.check()
        assert await totals(await stage_of(storage, played["session"])) == played
        stage = await stage_of(storage, await old_node.does("open", "5"))
        ada, bob, cat, *_ = stage.board.seats
        first = await stage.answer(ada, [0])
        assert isinstance(first, StoredAnswer)
        assert await stage.answer(ada, [0]) == first
        assert list(await storage.answers.restore([stage.pending(bob, [0])])) == []
        late = stage.pending(cat, [0])
        await stage.play(Close())
        assert list(await storage.answers.restore([late])) == [stage.session.id]
        assert await storage.sessions.marks([stage.session.id]) == {
            stage.session.id: Mark(stage.session.version, len(stage.board.seats))
        }
        # There is nothing to make partitions of: that is logged, and no harm.
        assert list(await storage.ensure_partitions(stage.session.created_at)) == []
    told = await old_node.does("totals", stage.session.id)
    assert (told["correct"], told["answers"]) == (2, sorted([ada, bob, cat]))
