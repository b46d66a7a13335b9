"""The databases that the suites run against: one entry for each in `ADAPTERS`."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct
from sqlalchemy import make_url

from quiz.storage.migrate import migrate


class Adapter(Struct, frozen=True):
    """How tests get databases of one kind.

    `template` makes what `fresh` needs, once for all tests, in a directory that they share. `fresh` makes an empty
    migrated database for one test, given that and a directory of its own. `held` lets nobody write while its block
    runs.
    """

    template: Callable[[Path], str]
    fresh: Callable[[str, Path], str]
    held: Callable[[str], AbstractContextManager[None]]


def _sqlite_template(shared: Path) -> str:
    path = shared / "template.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return str(path)


def _sqlite_fresh(template: str, own: Path) -> str:
    path = own / "quiz.db"
    shutil.copyfile(template, path)
    return f"sqlite+aiosqlite:///{path}"


@contextmanager
def _sqlite_held(url: str) -> Iterator[None]:
    path = make_url(url).database or ""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


ADAPTERS: Final = {"sqlite": Adapter(_sqlite_template, _sqlite_fresh, _sqlite_held)}
