"""Quiz masters."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from quiz.domain.ids import Millis, UserId


class User(Struct, frozen=True):
    """A quiz master. `password_hash` is an argon2 hash with its parameters."""

    id: UserId
    name: str
    password_hash: str


class UserStore(Protocol):
    """Quiz masters. Names are unique whatever their case."""

    async def add(self, user: User, now: Millis) -> bool:
        """Store a new user; False when the name is taken."""
        ...

    async def by_name(self, name: str) -> User | None: ...

    async def by_id(self, user_id: UserId) -> User | None: ...

    async def set_password_hash(self, user_id: UserId, password_hash: str) -> None: ...

    async def count(self) -> int: ...
