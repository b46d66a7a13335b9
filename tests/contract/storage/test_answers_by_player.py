"""What every `SessionStore` gives of one player's answers, and of the end of a session."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from quiz.domain.commands import Close, End, Kick, Next, Start
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.tally import StoredAnswer
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.databases import PostgresqlDatabases
from tests.contract.storage.games import NOON, Stage

FILL = """
    INSERT INTO answers (month, session_id, question, player_id, submission, answer, received_at, elapsed_ms)
    SELECT CAST(:month AS INTEGER), CAST(:session AS TEXT), question, 'player-' || n, 'first', '[0]', n, n
    FROM generate_series(1, 20000) AS players (n), generate_series(1, 3) AS questions (question)
"""


async def answers_by(stage: Stage, player: PlayerId) -> list[StoredAnswer]:
    return [*await stage.storage.sessions.answers_by(stage.session, player)]


async def test_a_players_answers_come_by_question_and_nobody_elses_with_them(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    first = await stage.answer(ada, [0])
    await stage.answer(bob, [1])
    await stage.next_question()
    await stage.answer(bob, "Oslo")
    await stage.next_question()
    third = await stage.answer(ada, [1])
    assert await answers_by(stage, ada) == [first, third]
    assert [each.question for each in await answers_by(stage, bob)] == [1, 2]


async def test_answers_are_those_of_one_session(stage: Stage) -> None:
    other = await Stage.set(stage.storage)
    (ada,) = await stage.seat("Ada")
    (dan,) = await other.seat("Dan")
    await stage.play(Start())
    await other.play(Start())
    await stage.answer(ada, [0])
    await other.answer(dan, [0])
    assert await answers_by(stage, dan) == []
    assert len(await answers_by(other, dan)) == 1


async def test_who_was_kicked_has_given_answers_too(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    stored = await stage.answer(ada, [0])
    await stage.play(Kick(ada), Close(), Next())
    assert await answers_by(stage, ada) == [stored]


async def test_before_the_first_question_nobody_has_answered(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    assert await answers_by(stage, ada) == []
    assert await answers_by(stage, PlayerId("nobody")) == []


async def test_the_end_of_a_session_is_told_once_it_has_come_and_stays(stage: Stage) -> None:
    sessions = stage.storage.sessions
    await stage.play(Start(), Close(), now=Millis(NOON + 1))
    assert await sessions.finished_at(stage.session.id) is None
    await stage.play(End(), now=Millis(NOON + 5000))
    assert await sessions.finished_at(stage.session.id) == NOON + 5000
    assert await sessions.finished_at(SessionId("nowhere")) is None


@pytest.mark.parametrize("analyzed", [False, True])
async def test_on_postgresql_only_that_players_rows_are_touched(
    on_postgresql: PostgresqlDatabases, analyzed: bool
) -> None:
    with on_postgresql.cloned() as url:
        async with Storage(StorageSettings(url=url)) as storage:
            stage = await Stage.set(storage)
            await stage.play(Start())
            await stage.next_question()
            await stage.next_question()
            month = stage.session.month
            async with storage._database.write() as connection:
                await connection.execute(text(FILL), {"month": month, "session": stage.session.id})
            if analyzed:
                async with storage._database.write() as connection:
                    await connection.execute(text("ANALYZE answers"))
            query = (
                "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM answers WHERE month = :month AND session_id = :session"
                " AND question = ANY (CAST(:questions AS INTEGER[])) AND player_id = 'player-777' ORDER BY question"
            )
            values = {"month": month, "session": stage.session.id, "questions": [1, 2, 3]}
            async with storage._database.read() as connection:
                (explained,) = await connection.scalar(text(query), values)
    plan = str(explained["Plan"])
    assert "Index Cond" in plan
    assert "player_id = " in plan.split("Index Cond")[1]
    assert "Seq Scan" not in plan
    assert "Rows Removed by Filter" not in plan
