"""Old answers can be removed by month, whatever the database."""

from __future__ import annotations

from quiz.domain.commands import Start
from quiz.domain.ids import Millis
from quiz.domain.tally import StoredAnswer
from quiz.storage.storage import Storage
from tests.contract.storage.games import CHOICE, NOON, Stage, add_user, new_session, quiz_of

A_MONTH = 31 * 24 * 3600 * 1000


async def test_answers_of_earlier_months_are_removed_and_their_sessions_stay(storage: Storage) -> None:
    stages = []
    for now in (Millis(NOON - A_MONTH), NOON):
        session = new_session(await add_user(storage), quiz_of(CHOICE), now=now)
        assert await storage.sessions.create(session, None)
        stage = Stage(storage, session)
        (ada,) = await stage.seat("Ada")
        await stage.play(Start())
        assert isinstance(await stage.answer(ada, [0]), StoredAnswer)
        stages.append(stage)
    await storage.drop_before(stages[1].session.month)
    assert [each async for each in storage.sessions.answers(stages[0].session)] == []
    assert len([each async for each in storage.sessions.answers(stages[1].session)]) == 1
    assert await storage.sessions.load(stages[0].session.id) is not None


async def test_asking_for_partitions_is_harmless_everywhere_and_twice(storage: Storage) -> None:
    await storage.ensure_partitions(Millis(0))
    assert list(await storage.ensure_partitions(Millis(0))) == []
