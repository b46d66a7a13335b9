"""Seats: who sits in a session, read and taken away inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.game.ports import Player
from quiz.storage.statements import named
from quiz.storage.tables import SEATED, players, sessions


async def take_seat_away(connection: AsyncConnection, session_id: SessionId, player_id: PlayerId, now: Millis) -> None:
    """Take a seat away if the player has one. The caller's transaction holds the session's row."""
    kick = (
        update(players)
        .where(players.c.id == player_id, players.c.session_id == session_id, SEATED)
        .values(kicked_at=now)
    )
    if (await connection.execute(named("take seat away", kick))).rowcount:
        count = update(sessions).where(sessions.c.id == session_id).values(seats_taken=sessions.c.seats_taken - 1)
        await connection.execute(named("count seats", count))


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
