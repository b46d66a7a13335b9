"""Seats in bulk: past REST, which is measured elsewhere, through the store that REST uses too."""

from __future__ import annotations

import asyncio
from typing import Final

from quiz.domain.ids import Millis, SessionId
from quiz.domain.nickname import Nickname, read_nickname
from quiz.domain.roles import Role
from quiz.game.new_ids import new_player_id
from quiz.game.tokens import Seat, Tokens
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage

_AT_ONCE: Final = 2_000
_TOKEN_HOLDS_MS: Final = 86_400_000


async def take_seats(database_url: str, secret_key: str, session_id: str, many: int) -> list[str]:
    """Seat so many new players; gives their tokens.

    Raises:
        RuntimeError: a seat was refused.
        Unavailable: the database did not answer.
    """
    tokens = Tokens(secret_key)
    async with Storage(StorageSettings(url=database_url)) as storage:
        now = await storage.now()

        async def seat(number: int) -> str:
            player = new_player_id()
            nickname = read_nickname(f"Player {number}")
            assert isinstance(nickname, Nickname)
            refusal = await storage.sessions.seat(SessionId(session_id), player, nickname, now, most=many)
            if refusal is not None:
                raise RuntimeError(f"a seat was refused: {refusal.value}")
            return tokens.for_seat(Seat(SessionId(session_id), Role.PLAYER, player), Millis(now + _TOKEN_HOLDS_MS))

        seated: list[str] = []
        for start in range(0, many, _AT_ONCE):
            seated += await asyncio.gather(*(seat(number) for number in range(start, min(many, start + _AT_ONCE))))
        return seated
