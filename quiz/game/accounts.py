"""Quiz masters: signing in, and being added."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from msgspec import Struct

from quiz.domain.ids import Millis, UserId
from quiz.game.errors import Refused, Unavailable
from quiz.game.new_ids import new_user_id
from quiz.game.passwords import Passwords
from quiz.game.ports import Clock, User, UserStore
from quiz.game.throttle import Limit, Throttle
from quiz.game.tokens import Tokens

NAME_MAX: Final = 100
PASSWORD_MIN: Final = 8
PASSWORD_MAX: Final = 1000
"""Longest password in characters; bounds the work of hashing it."""
TOKEN_LIFETIME: Final = Millis(12 * 3_600_000)
"""An evening and the morning after it."""


class SignedIn(Struct, frozen=True):
    """A quiz master's token and when it ends."""

    token: str
    expires_at: Millis


class Accounts:
    """Use cases about quiz masters.

    Args:
        token_lifetime: how long a quiz master stays signed in, in milliseconds.
    """

    def __init__(
        self,
        users: UserStore,
        passwords: Passwords,
        tokens: Tokens,
        throttle: Throttle,
        clock: Clock,
        token_lifetime: Millis = TOKEN_LIFETIME,
    ) -> None:
        self._users = users
        self._passwords = passwords
        self._tokens = tokens
        self._throttle = throttle
        self._clock = clock
        self._token_lifetime = token_lifetime

    async def sign_in(self, name: str, password: str, origin: str) -> SignedIn:
        """Trade a name and a password for a token. Only failures count against the limits, and none is forgiven.

        Raises:
            TooMany: too many failures, of this name from this origin or of this origin altogether.
            Refused: `unauthorized`, in words and time the same for a wrong name and a wrong password; `try_again`.
        """
        async with self._passwords.turn():
            # Asked when the turn has come: of guesses that queued together, those behind the limit are not checked.
            of_name = f"{origin} {name.strip().casefold()}"
            await self._throttle.check(Limit.LOGIN_FAILURES, of_name)
            await self._throttle.check(Limit.LOGIN_FAILURES_OF_ORIGIN, origin)
            user = await self._users.by_name(name.strip()) if name.isprintable() else None
            if not await self._passwords.matches(user.password_hash if user else None, password) or user is None:
                await self._throttle.count(Limit.LOGIN_FAILURES_OF_ORIGIN, origin)
                await self._throttle.count(Limit.LOGIN_FAILURES, of_name)
                raise Refused("unauthorized", "The name or the password is wrong.")
            if self._passwords.is_outdated(user.password_hash):
                with suppress(Unavailable):  # the next time will do
                    await self._users.set_password_hash(user.id, await self._passwords.hash(password))
        expires_at = Millis(self._clock.now() + self._token_lifetime)
        return SignedIn(self._tokens.for_user(user.id, expires_at), expires_at)

    async def exists(self, user_id: UserId) -> bool:
        """Whether a quiz master is still there: a token outlives the database it was made for."""
        return await self._users.by_id(user_id) is not None

    async def named(self, name: str) -> UserId | None:
        """The id of the quiz master with this name."""
        user = await self._users.by_name(name.strip())
        return None if user is None else user.id

    async def add(self, name: str, password: str) -> UserId | None:
        """Add a quiz master; None when the name is taken.

        Raises:
            Refused: `invalid`, with `fields`.
        """
        name = name.strip()
        fields: dict[str, str] = {}
        if not name or len(name) > NAME_MAX or not name.isprintable():
            fields["name"] = f"A name has 1 to {NAME_MAX} characters that can be shown."
        if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
            fields["password"] = f"A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters."
        if fields:
            raise Refused("invalid", " ".join(fields.values()), fields=fields)
        async with self._passwords.turn():
            password_hash = await self._passwords.hash(password)
        user = User(new_user_id(), name, password_hash)
        return user.id if await self._users.add(user, self._clock.now()) else None
