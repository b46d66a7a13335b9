"""Passwords: argon2id hashes, made and checked in threads so that nobody's game waits for somebody's sign-in."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from quiz.game.errors import Refused

AT_ONCE: Final = 2
"""Hashes computed at the same time; each takes a core for some 30 ms and, by default, 19 MiB."""
WAITING_MAX: Final = 200
"""Callers that may wait for their turn: some three seconds' worth. Those beyond it are told to try again."""


def default_hasher() -> PasswordHasher:
    """What OWASP's Password Storage Cheat Sheet asks of argon2id at the least: 19 MiB, two passes, one thread.

    More threads would make one sign-in quicker and take all cores from the games that are going on.
    """
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Passwords:
    """Hashes and verifies, a few at a time.

    Args:
        hasher: the parameters of new hashes.
        at_once: how many hashes may be computed at the same time.
        waiting_most: how many callers may wait for their turn.
    """

    def __init__(
        self, hasher: PasswordHasher | None = None, at_once: int = AT_ONCE, waiting_most: int = WAITING_MAX
    ) -> None:
        self._hasher = hasher or default_hasher()
        self._turns = asyncio.Semaphore(at_once)
        self._present = 0
        self._present_most = at_once + waiting_most
        self._nobodys = self._hasher.hash(secrets.token_urlsafe())

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; the other methods are to be called within one.

        Raises:
            Refused: `try_again`: too many wait already.
        """
        if self._present >= self._present_most:
            raise Refused("try_again", "Too many people are signing in; try again in a moment.")
        self._present += 1
        try:
            async with self._turns:
                yield
        finally:
            self._present -= 1

    async def hash(self, password: str) -> str:
        """A new hash, with its salt and parameters."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is the one that was hashed.

        Without a hash (nobody has that name) it takes the same time to find that it is not.
        """
        right = await asyncio.to_thread(self._verify, password_hash or self._nobodys, password)
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
