"""Which databases we speak, and how they are named."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from quiz.storage.dialect import Dialect
from quiz.storage.postgresql import Postgresql
from quiz.storage.sqlite import Sqlite


def read_url(raw: str) -> URL:
    """Read a database URL; the driver is always ours.

    Raises:
        ValueError: when it is no URL, or one of a database we do not speak.
    """
    try:
        url = make_url(raw)
    except ArgumentError as error:
        raise ValueError("The database URL cannot be read; it looks like sqlite:///quiz.db.") from error
    match url.get_backend_name():
        case "sqlite":
            if url.database in {None, "", ":memory:"}:
                raise ValueError("SQLite needs a file: what lives in memory is seen by one connection only.")
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+asyncpg")
        case other:
            raise ValueError(f"There is no storage on {other}; use sqlite or postgresql.")


def dialect_of(url: URL) -> Dialect:
    """The dialect that a URL of `read_url` speaks."""
    return Sqlite() if url.get_backend_name() == "sqlite" else Postgresql()
