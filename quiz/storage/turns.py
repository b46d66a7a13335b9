"""One transaction in which a decision becomes true, with all it implies."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.board import Board
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer, Tallies, Tally, closed_questions, recount, score_question
from quiz.game.ports import SeatRefusal
from quiz.storage.answer_rows import answers_by, answers_to
from quiz.storage.boards import board_with_reveal, read_seats, write_tallies
from quiz.storage.dialect import Dialect
from quiz.storage.documents import to_text
from quiz.storage.engine import Database
from quiz.storage.seats import give_seat_back, take_seats_away
from quiz.storage.statements import named
from quiz.storage.tables import sessions
from quiz.storage.thinking import think


async def take_turn(
    database: Database, decision: Decision, now: Millis, most: int | None
) -> Board | SeatRefusal | None:
    """Write the next version and give its board; None when another version came first.

    A seat that cannot be given back is refused and nothing written. `most` may be seated.

    Counting many answers takes longer than other transactions may be idle, so this one may be for longer.

    Moving the version comes first: it waits for the answers that are being written and holds off later ones, so that
    what is read after it is what counts.

    Raises:
        Unavailable: when the database cannot be reached.
    """
    async with database.write() as connection:
        await database.dialect.queue(
            connection, [decision.after.id], shared=False, idle_ms=database.turn_idle_timeout_ms
        )
        outcome = await _carry_out(connection, database.dialect, decision, now, most)
        if isinstance(outcome, SeatRefusal):
            await connection.rollback()
        return outcome


async def _carry_out(
    connection: AsyncConnection, dialect: Dialect, decision: Decision, now: Millis, most: int | None
) -> Board | SeatRefusal | None:
    after, stored = decision.after, None
    if not await _advance(connection, decision, now):
        return None
    if decision.kicks:
        await take_seats_away(connection, dialect, after.id, decision.kicks, now)
    if decision.readmits is not None:
        refusal = await give_seat_back(connection, after.id, decision.readmits, most)
        if refusal is not None:
            return refusal
    seats, tallies = await read_seats(connection, after.id)
    if decision.closes is not None:
        stored = await answers_to(connection, after, decision.closes)
        tallies = await _score(after, decision.closes, stored, tallies, seats)
        await write_tallies(connection, dialect, after.id, tallies)
    elif decision.readmits is not None:
        again = await _count_again(connection, dialect, after, decision.readmits)
        await write_tallies(connection, dialect, after.id, again)
        tallies |= again
    elif decision.recounts:
        tallies = await _recount(connection, after, tallies)
        await write_tallies(connection, dialect, after.id, tallies)
    if after.phase is not Phase.REVEAL and decision.closes is None:
        return Board(seats, tallies)
    if stored is None:
        stored = await answers_to(connection, after, after.question)
    return await board_with_reveal(after, seats, tallies, stored)


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
        tallies = await _score(session, number, stored, tallies, counted)
    return tallies


async def _count_again(
    connection: AsyncConnection, dialect: Dialect, session: Session, player: PlayerId
) -> dict[PlayerId, Tally]:
    """Fold every closed question for one player; what the others have does not depend on it."""
    stored = await answers_by(connection, dialect, session, player)
    return recount(session, {each.question: {player: each} for each in stored}, [player])


async def _score(
    session: Session, number: int, stored: Sequence[StoredAnswer], tallies: Tallies, players: Collection[PlayerId]
) -> dict[PlayerId, Tally]:
    given = {each.player_id: each for each in stored}
    return await think(len(players), lambda: score_question(session, number, given, tallies, players))
