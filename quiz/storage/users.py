"""Quiz masters, in SQL."""

from __future__ import annotations

import unicodedata

from sqlalchemy import ColumnElement, func, select, update

from quiz.domain.ids import Millis, UserId
from quiz.game.ports import User
from quiz.storage.engine import Database
from quiz.storage.statements import named
from quiz.storage.tables import users


class SqlUsers:
    """A `UserStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user: User, now: Millis) -> bool:
        row = {
            "id": user.id,
            "name": user.name,
            "name_key": _key(user.name),
            "password_hash": user.password_hash,
            "created_at": now,
        }
        async with self._database.write() as connection:
            if await self._database.dialect.insert_new(connection, users, [row]):
                return True
            query = select(users.c.id).where(users.c.name_key == row["name_key"])
            holder = await connection.scalar(named("find user", query))
            # A repeated call finds the user it has added itself.
            return holder == user.id

    async def by_name(self, name: str) -> User | None:
        return await self._one(users.c.name_key == _key(name))

    async def by_id(self, user_id: UserId) -> User | None:
        return await self._one(users.c.id == user_id)

    async def set_password_hash(self, user_id: UserId, password_hash: str) -> None:
        statement = update(users).where(users.c.id == user_id).values(password_hash=password_hash)
        async with self._database.write() as connection:
            await connection.execute(named("set password", statement))

    async def count(self) -> int:
        async with self._database.read() as connection:
            return await connection.scalar(named("count users", select(func.count()).select_from(users))) or 0

    async def _one(self, condition: ColumnElement[bool]) -> User | None:
        async with self._database.read() as connection:
            query = select(users.c.id, users.c.name, users.c.password_hash).where(condition)
            row = (await connection.execute(named("find user", query))).one_or_none()
        return row and User(UserId(row.id), row.name, row.password_hash)


def _key(name: str) -> str:
    # Two ways to type an accent are one name, and folding case may undo that: hence before and after.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
