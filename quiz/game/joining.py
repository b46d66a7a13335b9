"""Finding a session by its PIN and taking a seat in it."""

from __future__ import annotations

import re
from typing import Final, Protocol

from msgspec import Struct

from quiz.domain.ids import Millis, Pin, PlayerId, SessionId
from quiz.domain.nickname import Nickname, NicknameProblem, read_nickname
from quiz.domain.roles import Role
from quiz.domain.session import Phase, Session
from quiz.game.errors import Refused, Unavailable
from quiz.game.live import LiveSessions
from quiz.game.new_ids import new_player_id, player_id_for
from quiz.game.ports import Clock, SeatRefusal, SessionStore
from quiz.game.sessions import SESSION_LIFETIME
from quiz.game.throttle import Limit, Throttle, Turnstile
from quiz.game.tokens import Seat, Tokens

SEATS_MAX: Final = 20_000
"""Most players in one session."""
SEATS_TOGETHER: Final = 2_000
"""Players of a session sent to one node before the next gets some."""
LOOKUPS_AT_ONCE: Final = 16
"""PINs looked up for one origin at the same time; so many more than the limit may be tried at best."""
_PIN: Final = re.compile(r"[1-9][0-9]{6}", re.ASCII)


class Door(Struct, frozen=True):
    """A session as seen from outside."""

    pin: Pin
    title: str
    phase: Phase
    locked: bool


class Joined(Struct, frozen=True):
    """A seat and the token that stands for it. `affinity` goes into the query of the player's socket."""

    player_id: PlayerId
    token: str
    nickname: str
    affinity: str


class Arrivals(Protocol):
    """Whoever tells those in a session that somebody came."""

    def arrived(self, session_id: SessionId, player_id: PlayerId, nickname: str) -> None:
        """A seat was taken. Returns at once."""
        ...


class Joining:
    """Use cases of people who know a PIN.

    Args:
        seats_most: how many players a session takes.
        seats_together: how many of them are sent to one node before the next gets some.
        lifetime: how long after it was made a session can be joined and a player's token holds, in milliseconds.
    """

    def __init__(
        self,
        store: SessionStore,
        live: LiveSessions,
        tokens: Tokens,
        throttle: Throttle,
        clock: Clock,
        arrivals: Arrivals,
        seats_most: int = SEATS_MAX,
        seats_together: int = SEATS_TOGETHER,
        lifetime: Millis = SESSION_LIFETIME,
    ) -> None:
        self._store = store
        self._live = live
        self._tokens = tokens
        self._throttle = throttle
        self._clock = clock
        self._arrivals = arrivals
        self._seats_most = seats_most
        self._seats_together = seats_together
        self._lifetime = lifetime
        self._turnstile = Turnstile(LOOKUPS_AT_ONCE)

    async def look(self, pin: str, origin: str) -> Door:
        """What a PIN leads to.

        Raises:
            Refused: `not_found`, one and the same for every PIN that cannot be joined by.
            TooMany: this origin has tried too many of those.
        """
        session = await self._find(pin, origin)
        return Door(session.pin, session.title, session.phase, session.locked)

    async def join(self, pin: str, raw_nickname: str, origin: str, joining: str | None = None) -> Joined:
        """Take a seat.

        Args:
            joining: what the client calls this attempt to join. Whoever calls again with it, by the same name, gets
                the same seat; else a reply that is lost would cost players their name.

        Raises:
            Refused: `not_found`, `nickname_invalid`, `nickname_taken`, `session_locked`, `session_full`.
            TooMany: too many tries, or too many PINs that lead nowhere.
            Unavailable: the seat may have been taken; then the name is taken too, for those without `joining`.
        """
        await self._throttle.count(Limit.JOINS, origin)
        session = await self._find(pin, origin)
        nickname = read_nickname(raw_nickname)
        if isinstance(nickname, NicknameProblem):
            raise Refused("nickname_invalid", nickname.message, fields={"nickname": nickname.message})
        player_id = new_player_id() if joining is None else player_id_for(session.id, nickname.key, joining)
        refusal = await self._seat(session.id, player_id, nickname)
        if refusal is not None:
            raise Refused(refusal.value)
        self._arrivals.arrived(session.id, player_id, nickname.shown)
        expires_at = Millis(session.created_at + self._lifetime)
        token = self._tokens.for_seat(Seat(session.id, Role.PLAYER, player_id), expires_at)
        return Joined(player_id, token, nickname.shown, affinity=self._affinity(session))

    def _affinity(self, session: Session) -> str:
        """Where the next player's connection belongs: a small game sits on one node, a large one is spread."""
        live = self._live.peek(session.id)
        shard = 0 if live is None else len(live.board) // self._seats_together
        return f"{session.pin}-{shard}" if shard else session.pin

    async def _seat(self, session_id: SessionId, player_id: PlayerId, nickname: Nickname) -> SeatRefusal | None:
        """Take a seat; once more when it is not known whether it was taken, or the player would find the name gone."""
        try:
            return await self._store.seat(session_id, player_id, nickname, self._clock.now(), self._seats_most)
        except Unavailable:
            return await self._store.seat(session_id, player_id, nickname, self._clock.now(), self._seats_most)

    async def _find(self, pin: str, origin: str) -> Session:
        async with self._turnstile.turn(origin):
            await self._throttle.check(Limit.PIN_FAILURES, origin)
            session = await self._joinable(pin)
            if session is None:
                await self._throttle.count(Limit.PIN_FAILURES, origin)
                raise Refused("not_found", "There is no game with this PIN.")
            return session

    async def _joinable(self, pin: str) -> Session | None:
        if not _PIN.fullmatch(pin) or (session_id := await self._store.find(Pin(pin))) is None:
            return None
        session = (await self._live.get(session_id)).session
        is_over = session.phase is Phase.FINISHED or self._clock.now() >= session.created_at + self._lifetime
        return None if is_over else session
