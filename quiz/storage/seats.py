"""Seats: who sits in a session, read and taken away inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.game.ports import Player
from quiz.storage.tables import SEATED, players, sessions


async def take_seat_away(connection: AsyncConnection, session_id: SessionId, player_id: PlayerId, now: Millis) -> None:
    """Take a seat away if the player has one. The caller's transaction holds the session's row."""
    kicked = await connection.execute(
        update(players)
        .where(players.c.id == player_id, players.c.session_id == session_id, SEATED)
        .values(kicked_at=now)
    )
    if kicked.rowcount:
        await connection.execute(
            update(sessions).where(sessions.c.id == session_id).values(seats_taken=sessions.c.seats_taken - 1)
        )


async def find_player(connection: AsyncConnection, session_id: SessionId, player_id: PlayerId) -> Player | None:
    """A player of this session, kicked or not."""
    query = select(players.c.nickname, players.c.kicked_at)
    found = await connection.execute(query.where(players.c.id == player_id, players.c.session_id == session_id))
    row = found.one_or_none()
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
        for row in await connection.execute(query)
    ]
