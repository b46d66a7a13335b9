"""Sessions as their quiz masters see them: made, listed, taken up again."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from quiz.domain.ids import Millis, Pin, QuizId, SessionId, UserId
from quiz.domain.roles import Role
from quiz.domain.script import freeze
from quiz.domain.session import Session, Settings
from quiz.game.errors import Refused
from quiz.game.live import LiveSessions
from quiz.game.new_ids import new_session_id
from quiz.game.ports import Clock, QuizStore, SessionStore, SessionSummary
from quiz.game.tokens import Seat, Tokens

SESSION_LIFETIME: Final = Millis(72 * 3_600_000)
"""How long after it was made a session can be joined: its host may prepare it the evening before."""
_PIN_FIRST: Final = 1_000_000
_PIN_COUNT: Final = 9_000_000
_PIN_ATTEMPTS: Final = 50
"""Tries to find a free PIN. With half of all PINs in use one in 10^15 makings fails."""


class Keys(Struct, frozen=True):
    """What opens a session for its host and its big screen. `affinity` goes into the query of their sockets."""

    id: SessionId
    pin: Pin
    host_token: str
    screen_token: str
    affinity: str


class Sessions:
    """Use cases of a quiz master about sessions.

    Args:
        lifetime: how long tokens of a session hold, in milliseconds.
    """

    def __init__(
        self,
        store: SessionStore,
        quizzes: QuizStore,
        live: LiveSessions,
        tokens: Tokens,
        clock: Clock,
        lifetime: Millis = SESSION_LIFETIME,
    ) -> None:
        self._store = store
        self._quizzes = quizzes
        self._live = live
        self._tokens = tokens
        self._clock = clock
        self._lifetime = lifetime

    async def make(self, owner: UserId, quiz_id: QuizId, settings: Settings) -> Keys:
        """Make a session of a quiz as it is now; what happens to the quiz later does not touch it.

        Raises:
            Refused: `not_found` for a quiz that the owner does not have; `try_again` when no PIN is free.
        """
        if (stored := await self._quizzes.get(quiz_id, owner)) is None:
            raise Refused("not_found", "There is no such quiz.")
        script = await asyncio.to_thread(freeze, stored.quiz, secrets.SystemRandom())
        for _ in range(_PIN_ATTEMPTS):
            session = Session(
                id=new_session_id(),
                pin=draw_pin(),
                owner=owner,
                script=script,
                created_at=self._clock.now(),
                settings=settings,
            )
            if await self._store.create(session, quiz_id):
                return self._keys(session)
        raise Refused("try_again", "Too many games are going on.")

    async def keys(self, owner: UserId, session_id: SessionId) -> Keys:
        """New keys to a session, for a host who comes back to it from another device.

        Raises:
            Refused: `not_found`; `forbidden` for somebody else's session.
        """
        session = (await self._live.get(session_id)).session
        if session.owner != owner:
            raise Refused("forbidden", "This is somebody else's game.")
        return self._keys(session)

    async def page(self, owner: UserId, limit: int, after: tuple[Millis, SessionId] | None) -> Sequence[SessionSummary]:
        """The owner's sessions, newest first, at most `limit`."""
        return await self._store.page(owner, limit, after)

    def _keys(self, session: Session) -> Keys:
        expires_at = Millis(self._clock.now() + self._lifetime)
        return Keys(
            id=session.id,
            pin=session.pin,
            host_token=self._tokens.for_seat(Seat(session.id, Role.HOST), expires_at),
            screen_token=self._tokens.for_seat(Seat(session.id, Role.SCREEN), expires_at),
            affinity=session.pin,
        )


def draw_pin() -> Pin:
    """Seven digits that cannot be guessed from those drawn before. None begins with 0, which some would not type."""
    return Pin(str(_PIN_FIRST + secrets.randbelow(_PIN_COUNT)))
