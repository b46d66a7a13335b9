"""What alembic runs around the migrations: for `quiz.storage.migrate`, and for developers on the command line.

It leaves logging alone: that belongs to whoever calls.
"""

from __future__ import annotations

import asyncio
import os

from sqlalchemy import Connection

from alembic import context
from quiz.storage.dialects import read_url
from quiz.storage.migrate import change_tables
from quiz.storage.tables import is_compared, metadata


def run(connection: Connection) -> None:
    """Run the migrations inside the transaction of the connection."""
    # SQLite alters little in place: there alembic makes the table anew and moves the rows over.
    context.configure(connection=connection, target_metadata=metadata, include_name=is_compared, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def print_sql(url: str) -> None:
    """Print what the migrations would do, for `alembic upgrade --sql`."""
    dialect = read_url(url).get_backend_name()
    context.configure(dialect_name=dialect, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


database_url = os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///./quiz.db")
connection: Connection | None = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
elif context.is_offline_mode():
    print_sql(database_url)
else:
    asyncio.run(change_tables(database_url, run))
