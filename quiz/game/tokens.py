"""Signed tokens: who somebody is, without a look into the database. JSON Web Tokens, HS256 (RFC 7519)."""

from __future__ import annotations

from typing import Final

import jwt
from msgspec import Struct

from quiz.domain.ids import Millis, PlayerId, SessionId, UserId
from quiz.domain.roles import Role

_ALGORITHM: Final = "HS256"
_ISSUER: Final = "quiz"
_QUIZ_MASTER: Final = "quizmaster"


class Seat(Struct, frozen=True):
    """What a session token stands for: a role in one session; `player_id` for players only."""

    session_id: SessionId
    role: Role
    player_id: PlayerId | None = None


class BadToken(Exception):
    """Altered, expired, of another kind, or no token at all."""


class Tokens:
    """Makes and reads tokens signed with one secret.

    Args:
        secret: at least 32 bytes; whoever knows it can be anybody.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def for_seat(self, seat: Seat, expires_at: Millis) -> str:
        """A player, host or screen token."""
        claims: dict[str, object] = {"sid": seat.session_id, "role": seat.role.value}
        if seat.player_id is not None:
            claims["sub"] = seat.player_id
        return self._sign(claims, expires_at)

    def for_user(self, user_id: UserId, expires_at: Millis) -> str:
        """A quiz master's token."""
        return self._sign({"sub": user_id, "role": _QUIZ_MASTER}, expires_at)

    def seat(self, token: object) -> Seat:
        """The seat that a token stands for.

        Raises:
            BadToken: also for a quiz master's token.
        """
        claims = self._read(token)
        session_id, role, player = claims.get("sid"), claims.get("role"), claims.get("sub")
        if not isinstance(session_id, str) or not isinstance(role, str) or role not in set(Role):
            raise BadToken("not a token of a session")
        if (role == Role.PLAYER) is not isinstance(player, str):
            raise BadToken("a player has an id, others have none")
        return Seat(SessionId(session_id), Role(role), PlayerId(player) if isinstance(player, str) else None)

    def user(self, token: object) -> UserId:
        """The quiz master that a token stands for.

        Raises:
            BadToken: also for a session's token.
        """
        claims = self._read(token)
        subject = claims.get("sub")
        if claims.get("role") != _QUIZ_MASTER or not isinstance(subject, str):
            raise BadToken("not a quiz master's token")
        return UserId(subject)

    def _sign(self, claims: dict[str, object], expires_at: Millis) -> str:
        return jwt.encode({**claims, "iss": _ISSUER, "exp": expires_at // 1000}, self._secret, _ALGORITHM)

    def _read(self, token: object) -> dict[str, object]:
        if not isinstance(token, str) or not token.isascii():
            raise BadToken("not a text")
        try:
            return dict(
                jwt.decode(
                    token, self._secret, [_ALGORITHM], issuer=_ISSUER, options={"require": ["exp", "iss", "role"]}
                )
            )
        except jwt.InvalidTokenError as error:
            raise BadToken(type(error).__name__) from None
