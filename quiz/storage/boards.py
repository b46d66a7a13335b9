"""Seats and totals as rows, and the board they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.board import Board
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.reveal import reveal
from quiz.domain.scoring import Award, Score
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer, Tallies, Tally
from quiz.storage.answer_rows import answers_to
from quiz.storage.dialect import Dialect, NewRow
from quiz.storage.statements import named
from quiz.storage.tables import SEATED, players, scores
from quiz.storage.thinking import think

Seats = dict[PlayerId, str]

_SEATS: Final = named(
    "read seats",
    select(players.c.id, players.c.nickname)
    .where(players.c.session_id == bindparam("session"), SEATED)
    .order_by(players.c.number),
)
_SCORES: Final = named(
    "read scores",
    select(
        scores.c.player_id,
        scores.c.points,
        scores.c.correct,
        scores.c.time_ms,
        scores.c.streak,
        scores.c.last_points,
        scores.c.last_correct,
        scores.c.last_time_ms,
    ).where(scores.c.session_id == bindparam("session")),
)


async def read_seats(connection: AsyncConnection, session_id: SessionId) -> tuple[Seats, dict[PlayerId, Tally]]:
    """Nicknames of seated players in the order they joined, and totals of those seated at the last close.

    The transaction sees one instant, or holds the session. Two queries and no join: a planner that does not know yet
    how large a session has become may join them the quadratic way.
    """
    seated = (await connection.execute(_SEATS, {"session": session_id})).all()
    scored = (await connection.execute(_SCORES, {"session": session_id})).all()

    def read() -> tuple[Seats, dict[PlayerId, Tally]]:
        seats: Seats = {row[0]: row[1] for row in seated}
        tallies = {
            player: Tally(Score(points, correct, time_ms, streak), Award(last_points, last_correct, last_time_ms))
            for player, points, correct, time_ms, streak, last_points, last_correct, last_time_ms in scored
            if player in seats
        }
        return seats, tallies

    return await think(len(seated), read)


async def write_tallies(connection: AsyncConnection, dialect: Dialect, session_id: SessionId, tallies: Tallies) -> None:
    """Set the totals of these players, whatever they were."""
    rows = await think(len(tallies), lambda: _rows(session_id, tallies))
    if rows:
        await dialect.upsert(connection, scores, rows)


def _rows(session_id: SessionId, tallies: Tallies) -> Sequence[NewRow]:
    return [
        {
            "session_id": session_id,
            "player_id": player,
            "points": tally.score.points,
            "correct": tally.score.correct,
            "time_ms": tally.score.time_ms,
            "streak": tally.score.streak,
            "last_points": tally.last.points,
            "last_correct": tally.last.correct,
            "last_time_ms": tally.last.time_ms,
        }
        for player, tally in tallies.items()
        if tally.last is not None
    ]


async def read_board(connection: AsyncConnection, session: Session) -> Board:
    """The board of the session's present version."""
    seats, tallies = await read_seats(connection, session.id)
    if session.phase is not Phase.REVEAL:
        return Board(seats, tallies)
    return await board_with_reveal(session, seats, tallies, await answers_to(connection, session, session.question))


async def board_with_reveal(
    session: Session, seats: Seats, tallies: Mapping[PlayerId, Tally], stored: Sequence[StoredAnswer]
) -> Board:
    """The board of a session whose question has closed, given its answers: those of seated players are shown."""
    shown = await think(
        len(stored), lambda: reveal(session, [each.answer for each in stored if each.player_id in seats])
    )
    return Board(seats, tallies, shown)
