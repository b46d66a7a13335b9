"""A whole session's answers are counted in one transaction, which takes its time and may."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import ExecutionContext

from quiz.domain.commands import Close, Start, Void
from quiz.domain.ids import Millis
from quiz.domain.messages import RightAndWrong
from quiz.storage.settings import StorageSettings
from quiz.storage.statements import NAME
from quiz.storage.storage import Storage
from quiz.storage.thinking import AT_ONCE, think
from tests.contract.storage.databases import PostgresqlDatabases
from tests.contract.storage.games import CHOICE, TEXT, Stage, quiz_of

PLAYERS: Final = 10_000
NUMBERS: Final = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :players) "
SEATS: Final = """
    INSERT INTO players (id, session_id, number, nickname, nickname_key, joined_at)
    SELECT 'player-' || n, CAST(:session AS TEXT), n, 'Player ' || n, 'player ' || n, 0 FROM numbers
"""
ANSWERS: Final = """
    INSERT INTO answers (month, session_id, question, player_id, submission, answer, received_at, elapsed_ms)
    SELECT CAST(:month AS INTEGER), CAST(:session AS TEXT), CAST(:question AS INTEGER), 'player-' || n, 'first',
        CASE n % 2 WHEN 0 THEN CAST(:right AS TEXT) ELSE CAST(:wrong AS TEXT) END, n, n
    FROM numbers
"""
COUNTS: Final = "UPDATE sessions SET seats_given = :players, seats_taken = :players WHERE id = :session"


async def fill(stage: Stage, statement: str, **values: object) -> None:
    parameters: Mapping[str, object] = {"players": PLAYERS, "session": stage.session.id, **values}
    sql = statement if statement is COUNTS else NUMBERS + statement
    async with stage.storage._database.write() as connection:
        # SQLite has its WITH before the INSERT, and PostgreSQL has it there too.
        await connection.execute(text(sql), parameters)


async def answer_question(stage: Stage, right: str, wrong: str) -> None:
    """Half of the players are right."""
    session = stage.session
    await fill(stage, ANSWERS, month=session.month, question=session.question, right=right, wrong=wrong)


async def test_a_question_that_ten_thousand_have_answered_closes_and_is_counted_anew(storage: Storage) -> None:
    stage = await Stage.set(storage, quiz_of(CHOICE, TEXT))
    await fill(stage, SEATS)
    await fill(stage, COUNTS)
    await stage.play(Start())
    await answer_question(stage, "[0]", "[1]")
    await stage.next_question()
    await answer_question(stage, '"Reykjavik"', '"Oslo"')
    board = await stage.play(Close())
    assert board.reveal is not None
    assert board.reveal.counts == RightAndWrong(PLAYERS // 2, PLAYERS // 2)
    assert sorted(board.tally(player).score.points for player in board.seats) == [0] * 5_000 + [2_000] * 5_000
    board = await stage.play(Void(1))
    assert sorted(board.tally(player).score.points for player in board.seats) == [0] * 5_000 + [1_000] * 5_000
    picture = await storage.sessions.load(stage.session.id)
    assert picture is not None
    assert dict(picture.board.tallies) == dict(board.tallies)
    assert picture.board.reveal == board.reveal
    players = [*board.seats]
    found = await storage.answers.find_all(stage.session, 2, players)
    assert found.keys() == {*players}


async def test_a_command_may_be_idle_for_longer_than_what_holds_answers_up(on_postgresql: PostgresqlDatabases) -> None:
    in_force: dict[str, object] = {}

    def ask(
        connection: Connection, cursor: object, sql: str, parameters: object, context: ExecutionContext, many: bool
    ) -> None:
        if name := context.execution_options.get(NAME):
            # Asked after the statement, because the first one is what changes it.
            in_force[name] = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()

    with on_postgresql.cloned() as url:
        settings = StorageSettings(url=url, idle_timeout_ms=Millis(2_000), turn_idle_timeout_ms=Millis(7_000))
        async with Storage(settings) as storage:
            stage = await Stage.set(storage)
            (ada,) = await stage.seat("Ada")
            await stage.play(Start())
            event.listen(storage._database._engines.writer.sync_engine, "after_cursor_execute", ask)
            await stage.answer(ada, [0])
            await stage.answer(ada, [0])  # a repeated one takes a transaction of several statements
            assert in_force["insert answers"] == "2s"
            await stage.play(Close())
            assert {in_force[name] for name in ("queue for sessions", "move version", "set scores")} == {"7s"}
            # It was for that one transaction.
            await storage.answers.restore([stage.pending(ada, [0])])
            assert in_force["queue for sessions"] == in_force["merge answers"] == "2s"


@pytest.mark.parametrize(("rows", "in_the_loop"), [(0, True), (AT_ONCE, True), (AT_ONCE + 1, False)])
async def test_work_on_many_rows_does_not_stop_the_event_loop(rows: int, in_the_loop: bool) -> None:
    assert (await think(rows, threading.get_ident) == threading.get_ident()) is in_the_loop
