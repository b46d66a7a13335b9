"""A decision becomes true: all it implies, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.board import Board
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer, Tallies, Tally, closed_questions, score_question
from quiz.storage.answer_rows import answers_to
from quiz.storage.boards import board_with_reveal, read_seats, write_tallies
from quiz.storage.dialect import Dialect
from quiz.storage.documents import to_text
from quiz.storage.seats import take_seat_away
from quiz.storage.statements import named
from quiz.storage.tables import sessions


async def take_turn(connection: AsyncConnection, dialect: Dialect, decision: Decision, now: Millis) -> Board | None:
    """Write the next version and give its board; None when another version came first.

    Moving the version comes first: it waits for the answers that are being written and holds off later ones, so that
    what is read after it is what counts.
    """
    after, stored = decision.after, None
    await dialect.queue(connection, [after.id], shared=False)
    if not await _advance(connection, decision, now):
        return None
    if decision.kicks is not None:
        await take_seat_away(connection, after.id, decision.kicks, now)
    seats, tallies = await read_seats(connection, after.id)
    if decision.closes is not None:
        stored = await answers_to(connection, after, decision.closes)
        tallies = _score(after, decision.closes, stored, tallies, seats)
        await write_tallies(connection, dialect, after.id, tallies)
    elif decision.recounts:
        tallies = await _recount(connection, after, tallies)
        await write_tallies(connection, dialect, after.id, tallies)
    if after.phase is not Phase.REVEAL and decision.closes is None:
        return Board(seats, tallies)
    if stored is None:
        stored = await answers_to(connection, after, after.question)
    return board_with_reveal(after, seats, tallies, stored)


async def _advance(connection: AsyncConnection, decision: Decision, now: Millis) -> bool:
    before, after = decision.before, decision.after
    changes = {
        "version": after.version,
        "phase": after.phase.value,
        "question": after.question,
        "opens_at": after.opens_at,
        "closes_at": after.closes_at,
        "locked": after.locked,
        "voided": to_text(after.voided),
    }
    if after.phase is Phase.FINISHED and before.phase is not Phase.FINISHED:
        changes["finished_at"] = now
    present = (sessions.c.id == before.id) & (sessions.c.version == before.version)
    statement = named("move version", update(sessions).where(present).values(changes))
    return (await connection.execute(statement)).rowcount > 0


async def _recount(
    connection: AsyncConnection, session: Session, counted: Collection[PlayerId]
) -> dict[PlayerId, Tally]:
    """Fold every closed question again, for those who have totals: who came after the last close has none yet.

    The same as `tally.recount`, but with one question's answers in memory at a time.
    """
    tallies: dict[PlayerId, Tally] = {}
    for number in range(1, closed_questions(session) + 1):
        stored = await answers_to(connection, session, number)
        tallies = _score(session, number, stored, tallies, counted)
    return tallies


def _score(
    session: Session, number: int, stored: Sequence[StoredAnswer], tallies: Tallies, players: Collection[PlayerId]
) -> dict[PlayerId, Tally]:
    return score_question(session, number, {each.player_id: each for each in stored}, tallies, players)
