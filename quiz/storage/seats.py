"""Seats: who sits in a session; read, taken away and given back inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.game.ports import Player, SeatRefusal
from quiz.storage.dialect import Dialect
from quiz.storage.statements import named
from quiz.storage.tables import KICKED, SEATED, players, sessions


async def take_seats_away(
    connection: AsyncConnection, dialect: Dialect, session_id: SessionId, kicked: Collection[PlayerId], now: Millis
) -> None:
    """Take the seats away that these players have. The caller's transaction holds the session's row."""
    kick = (
        update(players)
        .where(dialect.among(players.c.id, kicked), players.c.session_id == session_id, SEATED)
        .values(kicked_at=now)
    )
    if gone := (await connection.execute(named("take seats away", kick))).rowcount:
        count = update(sessions).where(sessions.c.id == session_id).values(seats_taken=sessions.c.seats_taken - gone)
        await connection.execute(named("count seats", count))


async def give_seat_back(
    connection: AsyncConnection, session_id: SessionId, player_id: PlayerId, most: int | None
) -> SeatRefusal | None:
    """Give a player the lost seat again, or say why not. The caller's transaction holds the session's row.

    It is counted and listed as the newest, like any other seat that somebody takes now.
    """
    mine = (players.c.id == player_id) & (players.c.session_id == session_id)
    lost = select(players.c.nickname_key).where(mine, KICKED)
    key = await connection.scalar(named("find lost seat", lost))
    if key is None:
        return SeatRefusal.GONE
    namesake = exists().where(players.c.session_id == session_id, players.c.nickname_key == key, SEATED)
    query = select(sessions.c.seats_given, sessions.c.seats_taken, namesake).where(sessions.c.id == session_id)
    given, taken, is_name_taken = (await connection.execute(named("find room", query))).one()
    if is_name_taken:
        return SeatRefusal.TAKEN
    if most is not None and taken >= most:
        return SeatRefusal.FULL
    readmit = update(players).where(mine).values(kicked_at=None, number=given + 1)
    await connection.execute(named("give seat back", readmit))
    count = update(sessions).where(sessions.c.id == session_id).values(seats_given=given + 1, seats_taken=taken + 1)
    await connection.execute(named("count seats", count))
    return None


async def find_player(connection: AsyncConnection, session_id: SessionId, player_id: PlayerId) -> Player | None:
    """A player of this session, kicked or not."""
    query = select(players.c.nickname, players.c.kicked_at)
    query = query.where(players.c.id == player_id, players.c.session_id == session_id)
    row = (await connection.execute(named("find player", query))).one_or_none()
    return row and Player(player_id, session_id, row.nickname, row.kicked_at is not None)


async def all_players(connection: AsyncConnection, session_id: SessionId) -> Sequence[Player]:
    """Everyone who ever took a seat, in the order they joined."""
    query = (
        select(players.c.id, players.c.nickname, players.c.kicked_at)
        .where(players.c.session_id == session_id)
        .order_by(players.c.number)
    )
    return [
        Player(PlayerId(row.id), session_id, row.nickname, row.kicked_at is not None)
        for row in await connection.execute(named("list players", query))
    ]
