"""One transaction that gives a batch of seats, in any number of sessions.

A whole hall joins within a minute, and a COMMIT for each would make it queue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.nickname import Nickname
from quiz.domain.session import Phase
from quiz.game.ports import SeatRefusal
from quiz.storage.dialect import Dialect
from quiz.storage.engine import Database
from quiz.storage.group_commit import GroupCommit
from quiz.storage.statements import named
from quiz.storage.tables import KICKED, SEATED, players, sessions


class SeatRequest(Struct, frozen=True):
    """Somebody wants a seat; the session shall have at most `most`."""

    session_id: SessionId
    player_id: PlayerId
    nickname: Nickname
    asked_at: Millis
    most: int


SeatCommit = GroupCommit[SeatRequest, SeatRefusal | None]


_COUNTS: Final = named(
    "count seats",
    update(sessions)
    .where(sessions.c.id == bindparam("session"))
    .values(seats_given=bindparam("given"), seats_taken=bindparam("taken")),
)


class _Room(Struct):
    """What decides about seats in one session, while its row is held."""

    phase: Phase
    locked: bool
    given: int
    taken: int
    keys: set[str]

    def refusal(self, request: SeatRequest) -> SeatRefusal | None:
        """Why this seat cannot be given."""
        if self.phase is Phase.FINISHED:
            return SeatRefusal.GONE
        if self.locked:
            return SeatRefusal.LOCKED
        if request.nickname.key in self.keys:
            return SeatRefusal.TAKEN
        return SeatRefusal.FULL if self.taken >= request.most else None

    def seat(self, request: SeatRequest) -> dict[str, object]:
        """Count a seat and give its row."""
        self.given += 1
        self.taken += 1
        self.keys.add(request.nickname.key)
        return {
            "id": request.player_id,
            "session_id": request.session_id,
            "number": self.given,
            "nickname": request.nickname.shown,
            "nickname_key": request.nickname.key,
            "joined_at": request.asked_at,
        }


async def write_seats(database: Database, batch: Sequence[SeatRequest]) -> Sequence[SeatRefusal | None]:
    """Give the seats that can be given, in the order they were asked for; a player who has a seat keeps it.

    Who has been removed gets none under the same id: only the host can give that seat back.

    Raises:
        Unavailable: when the database cannot be reached.
        Exception: when one of the seats cannot be stored; then none is.
    """
    outcomes: list[SeatRefusal | None] = []
    rows: dict[tuple[SessionId, PlayerId], dict[str, object]] = {}
    async with database.write() as connection:
        rooms = await _hold_rooms(connection, database.dialect, batch)
        before = await _before(connection, database.dialect, batch)
        for request in batch:
            room, place = rooms.get(request.session_id), (request.session_id, request.player_id)
            if room is None:
                outcomes.append(SeatRefusal.GONE)
            elif place in rows or place in before:
                # A repeated call.
                outcomes.append(SeatRefusal.TAKEN if before.get(place) else None)
            else:
                refusal = room.refusal(request)
                outcomes.append(refusal)
                if refusal is None:
                    rows[place] = room.seat(request)
        if rows:
            if await database.dialect.insert_new(connection, players, [*rows.values()]) < len(rows):
                raise ValueError("a player's id is in use in another session")
            await connection.execute(
                _COUNTS, [{"session": id_, "given": room.given, "taken": room.taken} for id_, room in rooms.items()]
            )
    return outcomes


async def _hold_rooms(
    connection: AsyncConnection, dialect: Dialect, batch: Sequence[SeatRequest]
) -> Mapping[SessionId, _Room]:
    """Hold the sessions, in the order of their ids like everyone, and only then look who sits where."""
    asked = sorted({request.session_id for request in batch})
    await dialect.queue(connection, asked, shared=False)
    hold = (
        select(sessions.c.id, sessions.c.phase, sessions.c.locked, sessions.c.seats_given, sessions.c.seats_taken)
        .where(dialect.among(sessions.c.id, asked))
        .order_by(sessions.c.id)
        .with_for_update()
    )
    held = await connection.execute(named("hold sessions for seats", hold))
    rooms = {id_: _Room(Phase(phase), locked, given, taken, set()) for id_, phase, locked, given, taken in held}
    wanted = sorted({(request.session_id, request.nickname.key) for request in batch})
    names = select(players.c.session_id, players.c.nickname_key).where(
        SEATED, dialect.rows_among(players, ("session_id", "nickname_key"), wanted)
    )
    for session, key in await connection.execute(named("find nicknames", names)):
        rooms[session].keys.add(key)
    return rooms


async def _before(
    connection: AsyncConnection, dialect: Dialect, batch: Sequence[SeatRequest]
) -> Mapping[tuple[SessionId, PlayerId], bool]:
    """Which of them had a seat before, and whether it was taken away."""
    asking = sorted({request.player_id for request in batch})
    query = select(players.c.session_id, players.c.id, KICKED).where(dialect.among(players.c.id, asking))
    found = await connection.execute(named("find players", query))
    return {(session, player): kicked for session, player, kicked in found}
