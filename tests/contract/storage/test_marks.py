"""How every `SessionStore` tells how far sessions have come."""

from __future__ import annotations

from quiz.domain.commands import Kick, Lock, Start
from quiz.domain.ids import SessionId
from quiz.game.ports import Mark
from quiz.storage.storage import Storage
from tests.contract.storage.games import Stage


async def test_a_mark_has_the_version_and_the_seats_that_are_taken(stage: Stage) -> None:
    async def mark() -> Mark:
        return (await stage.storage.sessions.marks([stage.session.id]))[stage.session.id]

    assert await mark() == Mark(1, 0)
    ada, _ = await stage.seat("Ada", "Bob")
    assert await mark() == Mark(1, 2)
    await stage.play(Start(), Lock())
    assert await mark() == Mark(3, 2)
    await stage.play(Kick(ada))
    assert await mark() == Mark(4, 1)


async def test_many_sessions_are_told_at_once_and_those_that_are_not_there_are_left_out(storage: Storage) -> None:
    stages = [await Stage.set(storage) for _ in range(5)]
    await stages[3].play(Lock())
    asked = [*(stage.session.id for stage in stages), SessionId("nowhere")]
    marks = await storage.sessions.marks(asked)
    assert marks == {stage.session.id: Mark(stage.session.version, 0) for stage in stages}


async def test_of_no_sessions_there_are_no_marks(storage: Storage) -> None:
    assert await storage.sessions.marks([]) == {}
