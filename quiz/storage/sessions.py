"""Sessions, in SQL: each method is one transaction. Seats, boards and turns are in modules of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.board import Board
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis, Pin, PlayerId, QuizId, SessionId, UserId
from quiz.domain.nickname import Nickname
from quiz.domain.script import Script
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import Mark, OpenQuestion, Overdue, Picture, Player, SeatRefusal, SessionSummary
from quiz.storage.answer_rows import answers_by, answers_to
from quiz.storage.boards import read_board
from quiz.storage.documents import numbers_from, script_from, settings_from, to_text
from quiz.storage.engine import Database
from quiz.storage.scripts import Scripts
from quiz.storage.seat_batch import SeatCommit, SeatRequest
from quiz.storage.seats import all_players, find_player
from quiz.storage.statements import named
from quiz.storage.tables import RUNNING_OUT, UNFINISHED, sessions
from quiz.storage.turns import take_turn

_STALE_MAX: Final = 100
"""Most sessions that one look for forgotten ones, or for overdue questions, gives."""
_OPEN_MAX: Final = 5_000
"""Most open questions that are told of at once."""


class SqlSessions:
    """A `SessionStore`.

    Args:
        seats: gathers the seats that are asked for at the same time, and writes them by `write_seats`.
        scripts: reads the frozen quizzes.
    """

    def __init__(self, database: Database, seats: SeatCommit, scripts: Scripts) -> None:
        self._database = database
        self._seats = seats
        self._scripts = scripts

    async def create(self, session: Session, quiz_id: QuizId | None) -> bool:
        async with self._database.write() as connection:
            if await self._database.dialect.insert_new(connection, sessions, [_new_row(session, quiz_id)]):
                await self._scripts.add(connection, session.id, session.script)
                return True
            # A repeated call finds the session it has made itself.
            query = select(sessions.c.id).where(sessions.c.id == session.id)
            return await connection.scalar(named("find own session", query)) is not None

    async def load(self, session_id: SessionId) -> Picture | None:
        query = select(sessions).where(sessions.c.id == session_id)
        script, document = await self._scripts.recall(session_id), None
        async with self._database.read() as connection:
            row = (await connection.execute(named("read session", query))).one_or_none()
            if row is None:
                return None
            if script is None:
                document = await self._scripts.read(connection, session_id)
                script = script_from(document)
            session = _session(row, script)
            board = await read_board(connection, session)
        if document is not None:
            await self._scripts.keep(session_id, script, document)
        return Picture(session, board)

    async def marks(self, session_ids: Collection[SessionId]) -> Mapping[SessionId, Mark]:
        wanted = self._database.dialect.among(sessions.c.id, session_ids)
        query = select(sessions.c.id, sessions.c.version, sessions.c.seats_taken).where(wanted)
        async with self._database.read() as connection:
            rows = await connection.execute(named("read marks", query))
            return {SessionId(id_): Mark(version, seats) for id_, version, seats in rows}

    async def find(self, pin: Pin) -> SessionId | None:
        query = select(sessions.c.id).where(sessions.c.pin == pin, UNFINISHED)
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(named("find session", query))
        return None if found is None else SessionId(found)

    async def commit(self, decision: Decision, now: Millis, most: int | None = None) -> Board | SeatRefusal | None:
        return await take_turn(self._database, decision, now, most)

    async def seat(
        self, session_id: SessionId, player_id: PlayerId, nickname: Nickname, now: Millis, most: int
    ) -> SeatRefusal | None:
        return await self._seats.append(SeatRequest(session_id, player_id, nickname, now, most))

    async def player(self, session_id: SessionId, player_id: PlayerId) -> Player | None:
        async with self._database.read() as connection:
            return await find_player(connection, session_id, player_id)

    async def open_questions(self) -> Sequence[OpenQuestion]:
        query = (
            select(sessions.c.id, sessions.c.question, sessions.c.closes_at)
            .where(RUNNING_OUT)
            .order_by(sessions.c.closes_at)
            .limit(_OPEN_MAX)
        )
        async with self._database.read() as connection:
            found = await connection.execute(named("list open questions", query))
            return [OpenQuestion(SessionId(id_), question, closes_at) for id_, question, closes_at in found]

    async def overdue(self, before: Millis) -> Sequence[Overdue]:
        query = (
            select(sessions.c.id, sessions.c.question)
            .where(RUNNING_OUT, sessions.c.closes_at < before)
            .order_by(sessions.c.closes_at)
            .limit(_STALE_MAX)
        )
        async with self._database.read() as connection:
            found = await connection.execute(named("list overdue questions", query))
            return [Overdue(SessionId(id_), question) for id_, question in found]

    async def unfinished_since(self, before: Millis) -> Sequence[SessionId]:
        query = select(sessions.c.id).where(UNFINISHED, sessions.c.created_at < before)
        query = query.order_by(sessions.c.created_at).limit(_STALE_MAX)
        return await self._ids(named("list stale sessions", query))

    async def page(self, owner: UserId, limit: int, after: tuple[Millis, SessionId] | None) -> Sequence[SessionSummary]:
        query = (
            select(
                sessions.c.id,
                sessions.c.pin,
                sessions.c.title,
                sessions.c.phase,
                sessions.c.created_at,
                sessions.c.seats_taken,
            )
            .where(sessions.c.owner == owner)
            .order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(tuple_(sessions.c.created_at, sessions.c.id) < after)

        async def read(connection: AsyncConnection) -> Sequence[SessionSummary]:
            return [
                SessionSummary(id_, pin, title, Phase(phase), created_at, players)
                for id_, pin, title, phase, created_at, players in await connection.execute(
                    named("list sessions", query)
                )
            ]

        return await self._database.read_history(read)

    async def answers(self, session: Session) -> AsyncIterator[StoredAnswer]:
        # A transaction for each question: who reads slowly keeps no connection, and one question fits into memory.
        for question in range(1, session.question + 1):
            read = partial(answers_to, session=session, question=question)
            for each in await self._database.read_history(read):
                yield each

    async def answers_by(self, session: Session, player_id: PlayerId) -> Sequence[StoredAnswer]:
        read = partial(answers_by, dialect=self._database.dialect, session=session, player_id=player_id)
        return await self._database.read_history(read)

    async def finished_at(self, session_id: SessionId) -> Millis | None:
        query = select(sessions.c.finished_at).where(sessions.c.id == session_id)

        async def read(connection: AsyncConnection) -> Millis | None:
            found: int | None = await connection.scalar(named("read end", query))
            return None if found is None else Millis(found)

        return await self._database.read_history(read)

    async def players(self, session_id: SessionId) -> Sequence[Player]:
        return await self._database.read_history(partial(all_players, session_id=session_id))

    async def _ids(self, query: Select[str]) -> Sequence[SessionId]:
        async with self._database.read() as connection:
            return [SessionId(found) for found in await connection.scalars(query)]


def _new_row(session: Session, quiz_id: QuizId | None) -> dict[str, object]:
    return {
        "id": session.id,
        "pin": session.pin,
        "owner": session.owner,
        "quiz_id": quiz_id,
        "title": session.title,
        "settings": to_text(session.settings),
        "version": session.version,
        "phase": session.phase.value,
        "question": session.question,
        "opens_at": session.opens_at,
        "closes_at": session.closes_at,
        "locked": session.locked,
        "voided": to_text(session.voided),
        "created_at": session.created_at,
        "month": session.month,
        "finished_at": None,
        "seats_given": 0,
        "seats_taken": 0,
    }


def _session(row: Row[tuple[object, ...]], script: Script) -> Session:
    return Session(
        id=row.id,
        pin=row.pin,
        owner=row.owner,
        script=script,
        created_at=row.created_at,
        settings=settings_from(row.settings),
        version=row.version,
        phase=Phase(row.phase),
        question=row.question,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        locked=row.locked,
        voided=numbers_from(row.voided),
    )
