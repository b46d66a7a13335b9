"""How the storage room is set up: where the database is, how many connections, how long to wait."""

from __future__ import annotations

from msgspec import Struct

from quiz.domain.ids import Millis


class GroupCommitSettings(Struct, frozen=True, kw_only=True):
    """How writes of one kind are gathered into one transaction.

    A batch goes when it has `batch_rows` rows, or `linger_ms` after its first one came. A write that finds
    `queue_rows` others waiting is refused. `batch_rows` also bounds how long a host's command waits behind a batch.
    """

    batch_rows: int = 500
    linger_ms: Millis = Millis(3)
    queue_rows: int = 20_000


class StorageSettings(Struct, frozen=True, kw_only=True):
    """Everything that opening the storage needs.

    Args:
        url: `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…`; the driver may be left out.
        readers: connections that read on SQLite, which has one more that writes.
        connections: connections of this node to PostgreSQL.
        connection_wait_ms: how long a call waits for a free connection.
        connect_timeout_ms: how long making a connection to PostgreSQL may take.
        lock_timeout_ms: how long a transaction waits for another to let go: on SQLite of the file, on PostgreSQL of
            a row.
        statement_timeout_ms: how long one statement may take on PostgreSQL.
        check_timeout_ms: how soon the database has to answer to count as ready.
        scripts_kept: how many sessions' frozen quizzes stay decoded in memory.
    """

    url: str
    readers: int = 4
    connections: int = 10
    connection_wait_ms: Millis = Millis(5_000)
    connect_timeout_ms: Millis = Millis(3_000)
    lock_timeout_ms: Millis = Millis(5_000)
    statement_timeout_ms: Millis = Millis(5_000)
    check_timeout_ms: Millis = Millis(1_000)
    scripts_kept: int = 64
    answers: GroupCommitSettings = GroupCommitSettings()
    seats: GroupCommitSettings = GroupCommitSettings()
