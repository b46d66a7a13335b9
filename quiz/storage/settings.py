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
        connections: connections of this node to PostgreSQL: four in ten, two at least, for those that write and the
            rest for those that read, who have at least one.
        connection_wait_ms: how long a call waits for a free connection.
        connect_timeout_ms: how long making a connection to PostgreSQL may take.
        lock_timeout_ms: how long a transaction waits for another to let go: on SQLite of the file, on PostgreSQL of
            a row.
        statement_timeout_ms: how long one statement may take on PostgreSQL. A server that does not even say that it
            has been too long is given up `connect_timeout_ms` later.
        idle_timeout_ms: how long a transaction may do nothing before PostgreSQL ends it and lets go what it holds: a
            node that froze in the middle of one holds others up no longer than that.
        turn_idle_timeout_ms: the same for a host's command, in which a whole session's answers may be counted, and for
            transactions that only read, which hold nobody up.
        check_timeout_ms: how soon the database has to answer to count as ready.
        slow_query_ms: how long a statement takes that is told of as slow.
        scripts_kept: how many sessions' frozen quizzes stay decoded in memory.
        replica_url: a standby of the PostgreSQL at `url`, for reports and history only.
        replica_connections: connections of this node to it.
        replica_wait_ms: how long a report waits until the replica has all that the primary had when it was asked for.
            Then, and whenever the replica cannot be used, the primary is read.
        replica_retry_ms: how long a replica is left alone that could not be used.
    """

    url: str
    readers: int = 4
    connections: int = 10
    connection_wait_ms: Millis = Millis(5_000)
    connect_timeout_ms: Millis = Millis(3_000)
    lock_timeout_ms: Millis = Millis(5_000)
    statement_timeout_ms: Millis = Millis(5_000)
    idle_timeout_ms: Millis = Millis(500)
    turn_idle_timeout_ms: Millis = Millis(5_000)
    check_timeout_ms: Millis = Millis(1_000)
    slow_query_ms: Millis = Millis(100)
    scripts_kept: int = 64
    replica_url: str | None = None
    replica_connections: int = 4
    replica_wait_ms: Millis = Millis(250)
    replica_retry_ms: Millis = Millis(10_000)
    answers: GroupCommitSettings = GroupCommitSettings()
    seats: GroupCommitSettings = GroupCommitSettings()
