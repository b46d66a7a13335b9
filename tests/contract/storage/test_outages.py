"""A database that does not answer in time: callers are told, nothing breaks, and it goes on afterwards."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from quiz.domain.commands import Lock, Start
from quiz.domain.ids import Millis
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Unavailable
from quiz.storage.group_commit import Unobserved
from quiz.storage.settings import GroupCommitSettings, StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.databases import Databases
from tests.contract.storage.games import CHOICE, NOON, Stage, new_session, quiz_of


class BatchTaken(Unobserved):
    """Tells when a batch has been taken up."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def waiting(self, items: int) -> None:
        self.event.set()


@pytest.fixture
def impatient(url: str) -> StorageSettings:
    """Waits for nobody for long."""
    return StorageSettings(url=url, lock_timeout_ms=Millis(50), connection_wait_ms=Millis(2_000))


async def test_writes_are_unavailable_while_another_process_holds_the_database_and_work_afterwards(
    stage: Stage, databases: Databases, impatient: StorageSettings
) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    async with Storage(impatient) as storage:
        with databases.held(impatient.url):
            with pytest.raises(Unavailable):
                await storage.answers.append(stage.pending(ada, [0]))
            with pytest.raises(Unavailable):
                await storage.sessions.commit(stage.decision(Lock()), NOON)
            with pytest.raises(Unavailable):
                await storage.sessions.create(new_session(stage.session.owner, quiz_of(CHOICE)), None)
        assert isinstance(await storage.answers.append(stage.pending(ada, [0])), StoredAnswer)
        assert isinstance(await storage.answers.append(stage.pending(bob, [0])), StoredAnswer)
        assert await storage.sessions.commit(stage.decision(Lock()), NOON) is not None


async def test_reading_goes_on_while_another_process_writes(
    stage: Stage, databases: Databases, impatient: StorageSettings
) -> None:
    await stage.seat("Ada")
    async with Storage(impatient) as storage:
        with databases.held(impatient.url):
            picture = await storage.sessions.load(stage.session.id)
            await storage.check()
    assert picture is not None
    assert picture.session == stage.session


async def test_every_answer_that_waits_is_told_when_the_database_does_not_answer(
    stage: Stage, databases: Databases, impatient: StorageSettings
) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(30)))
    await stage.play(Start())
    small_batches = msgspec.structs.replace(impatient, answers=GroupCommitSettings(batch_rows=10))
    async with Storage(small_batches) as storage:
        with databases.held(impatient.url):
            appends = [storage.answers.append(stage.pending(player, [0])) for player in players]
            outcomes = await asyncio.gather(*appends, return_exceptions=True)
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        again = [storage.answers.append(stage.pending(player, [0])) for player in players]
        assert all(isinstance(outcome, StoredAnswer) for outcome in await asyncio.gather(*again))


async def test_an_answer_that_finds_the_queue_full_is_refused_at_once(
    stage: Stage, databases: Databases, url: str
) -> None:
    first, *waiting, late = await stage.seat("Ada", "Bob", "Cat", "Dan")
    await stage.play(Start())
    taken = BatchTaken()
    small = StorageSettings(url=url, answers=GroupCommitSettings(batch_rows=1, queue_rows=2))
    async with Storage(small, answers_observer=taken) as storage:
        with databases.held(url):
            appends = [asyncio.create_task(storage.answers.append(stage.pending(first, [0])))]
            await taken.event.wait()
            appends += [asyncio.create_task(storage.answers.append(stage.pending(each, [0]))) for each in waiting]
            await asyncio.sleep(0)
            with pytest.raises(Unavailable):
                await storage.answers.append(stage.pending(late, [0]))
            assert not any(append.done() for append in appends)
        assert all(isinstance(stored, StoredAnswer) for stored in await asyncio.gather(*appends))
        assert isinstance(await storage.answers.append(stage.pending(late, [0])), StoredAnswer)
