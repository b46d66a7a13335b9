"""Sessions, in SQL: each method is one transaction. Seats, boards and turns are in modules of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from sqlalchemy import Row, Select, select, tuple_

from quiz.domain.board import Board
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis, Pin, PlayerId, QuizId, SessionId, UserId
from quiz.domain.nickname import Nickname
from quiz.domain.script import Script
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import Picture, Player, SeatRefusal, SessionSummary
from quiz.storage.answer_rows import answers_to
from quiz.storage.boards import read_board
from quiz.storage.documents import numbers_from, settings_from, to_text
from quiz.storage.engine import Database
from quiz.storage.scripts import Scripts
from quiz.storage.seat_batch import SeatCommit, SeatRequest
from quiz.storage.seats import all_players, find_player
from quiz.storage.tables import RUNNING_OUT, UNFINISHED, sessions
from quiz.storage.turns import take_turn

_STALE_MAX: Final = 100
"""Most sessions that one look for forgotten ones gives."""


class SqlSessions:
    """A `SessionStore`.

    Args:
        seats: gathers the seats that are asked for at the same time, and writes them by `write_seats`.
        scripts_kept: how many frozen quizzes stay decoded in memory.
    """

    def __init__(self, database: Database, seats: SeatCommit, scripts_kept: int) -> None:
        self._database = database
        self._seats = seats
        self._scripts = Scripts(scripts_kept)

    async def create(self, session: Session, quiz_id: QuizId | None) -> bool:
        async with self._database.write() as connection:
            if await self._database.dialect.insert_new(connection, sessions, [_new_row(session, quiz_id)]):
                await self._scripts.add(connection, session.id, session.script)
                return True
            # A repeated call finds the session it has made itself.
            return await connection.scalar(select(sessions.c.id).where(sessions.c.id == session.id)) is not None

    async def load(self, session_id: SessionId) -> Picture | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(sessions).where(sessions.c.id == session_id))).one_or_none()
            if row is None:
                return None
            session = _session(row, await self._scripts.of(connection, session_id))
            return Picture(session, await read_board(connection, session))

    async def find(self, pin: Pin) -> SessionId | None:
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(select(sessions.c.id).where(sessions.c.pin == pin, UNFINISHED))
        return None if found is None else SessionId(found)

    async def commit(self, decision: Decision, now: Millis) -> Board | None:
        async with self._database.write() as connection:
            return await take_turn(connection, self._database.dialect, decision, now)

    async def seat(
        self, session_id: SessionId, player_id: PlayerId, nickname: Nickname, now: Millis, most: int
    ) -> SeatRefusal | None:
        return await self._seats.append(SeatRequest(session_id, player_id, nickname, now, most))

    async def player(self, session_id: SessionId, player_id: PlayerId) -> Player | None:
        async with self._database.read() as connection:
            return await find_player(connection, session_id, player_id)

    async def open_sessions(self) -> Sequence[SessionId]:
        return await self._ids(select(sessions.c.id).where(RUNNING_OUT))

    async def unfinished_since(self, before: Millis) -> Sequence[SessionId]:
        query = select(sessions.c.id).where(UNFINISHED, sessions.c.created_at < before)
        return await self._ids(query.order_by(sessions.c.created_at).limit(_STALE_MAX))

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
        async with self._database.read() as connection:
            return [
                SessionSummary(id_, pin, title, Phase(phase), created_at, players)
                for id_, pin, title, phase, created_at, players in await connection.execute(query)
            ]

    async def answers(self, session: Session) -> AsyncIterator[StoredAnswer]:
        # A transaction for each question: who reads slowly keeps no connection, and one question fits into memory.
        for question in range(1, session.question + 1):
            async with self._database.read() as connection:
                stored = await answers_to(connection, session, question)
            for each in stored:
                yield each

    async def players(self, session_id: SessionId) -> Sequence[Player]:
        async with self._database.read() as connection:
            return await all_players(connection, session_id)

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
