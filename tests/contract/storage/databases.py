"""The databases that the suites run against: one entry for each kind in `ADAPTERS`."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import make_url

from quiz.storage.migrate import migrate
from tests.servers.postgresql import Postgresql, postgresql


class Databases(Protocol):
    """Databases of one kind."""

    def fresh(self, own: Path) -> AbstractContextManager[str]:
        """The URL of an empty migrated database for one test, given a directory of its own."""
        ...

    def held(self, url: str) -> AbstractContextManager[None]:
        """Let nobody write while the block runs."""
        ...


class SqliteFiles:
    """A file for each test, copied from one that was migrated."""

    def __init__(self, shared: Path) -> None:
        self._template = shared / "template.db"
        asyncio.run(migrate(f"sqlite+aiosqlite:///{self._template}"))

    @contextmanager
    def fresh(self, own: Path) -> Iterator[str]:
        path = own / "quiz.db"
        shutil.copyfile(self._template, path)
        yield f"sqlite+aiosqlite:///{path}"

    @contextmanager
    def held(self, url: str) -> Iterator[None]:
        path = make_url(url).database or ""
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")


_TABLES: Final = ("answers", "scores", "players", "scripts", "sessions", "quizzes", "users")
"""Those that point to others come before them."""
_CUT_OFF: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"


class PostgresqlDatabases:
    """Databases on one server, cloned from one that was migrated.

    A test's database is emptied and given to the next: a clone for each would take most of the time of all tests.
    """

    def __init__(self, server: Postgresql) -> None:
        self.server: Final = server
        self._template = server.create_database()
        self._free: list[str] = []
        asyncio.run(migrate(server.url(self._template)))

    @contextmanager
    def fresh(self, own: Path) -> Iterator[str]:
        name = self._free.pop() if self._free else self.server.create_database(self._template)
        yield self.server.url(name)
        self._empty(name)
        self._free.append(name)

    @contextmanager
    def cloned(self) -> Iterator[str]:
        """A database for a test that changes tables or settings; nobody gets it afterwards."""
        name = self.server.create_database(self._template)
        yield self.server.url(name)
        self.server.drop_database(name)

    def _empty(self, name: str) -> None:
        deletes = "; ".join(f"DELETE FROM {table}" for table in _TABLES)  # noqa: S608  (names of our own)
        self.server.execute(f"{_CUT_OFF} AND pid != pg_backend_pid(); BEGIN; {deletes}; COMMIT", name)

    @contextmanager
    def held(self, url: str) -> Iterator[None]:
        with self.server.holding(f"LOCK TABLE {', '.join(_TABLES)} IN EXCLUSIVE MODE", make_url(url).database or ""):
            yield


@contextmanager
def _sqlite(shared: Path) -> Iterator[SqliteFiles]:
    yield SqliteFiles(shared)


@contextmanager
def _postgresql(shared: Path) -> Iterator[PostgresqlDatabases]:
    with postgresql() as server:
        yield PostgresqlDatabases(server)


ADAPTERS: Final[dict[str, Callable[[Path], AbstractContextManager[Databases]]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}
"""How each kind is set up once, given a directory, and taken down at the end of all tests."""
