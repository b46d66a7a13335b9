"""A standby of the database, which reports and history are read from while it is up to date.

One rule makes that sound for every query: the primary is asked how far its log has come, and the standby is read once
it has replayed that far. So it shows at least all that was committed when the report was asked for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from sqlalchemy import URL, BigInteger, ColumnElement, and_, bindparam, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.game.errors import Unavailable
from quiz.storage.postgresql import reading_pool
from quiz.storage.settings import StorageSettings
from quiz.storage.statements import SlowStatements, named

_LOOK_S: Final = 0.005
"""Between two looks at how far the standby has come."""
_START: Final[ColumnElement[object]] = literal_column("CAST('0/0' AS pg_lsn)")
_POSITION: Final = named(
    "read log position",
    select(cast(func.pg_wal_lsn_diff(func.pg_current_wal_flush_lsn(), _START), BigInteger)),
)
_HAS_REPLAYED: Final = named(
    "read replayed position",
    select(
        and_(
            func.pg_is_in_recovery(),
            func.pg_wal_lsn_diff(func.pg_last_wal_replay_lsn(), _START) >= bindparam("position", type_=BigInteger),
        )
    ),
)

log = structlog.get_logger("quiz.storage")


class Replica:
    """The connections to a standby.

    Args:
        url: where it is.
        primary: where the database is that it follows.
        slow: watches its statements.

    Raises:
        ValueError: when it is of another kind than the primary, or of one that has no standbys.
    """

    def __init__(self, url: URL, primary: URL, settings: StorageSettings, slow: SlowStatements) -> None:
        if {url.get_backend_name(), primary.get_backend_name()} != {"postgresql"}:
            raise ValueError("Only PostgreSQL has a replica.")
        self._pool = reading_pool(url, settings, settings.replica_connections)
        slow.attach(self._pool)
        self._wait = settings.replica_wait_ms / 1000
        self._retry = settings.replica_retry_ms / 1000
        self._alone_until = 0.0

    def is_worth_a_try(self) -> bool:
        """Whether it has not failed of late."""
        return time.monotonic() >= self._alone_until

    def leave_alone(self, reason: str) -> None:
        """Do not try it again for a while."""
        self._alone_until = time.monotonic() + self._retry
        log.warning("the replica cannot be used", action="replica", reason=reason, retry_s=self._retry)

    @staticmethod
    async def position(primary: AsyncConnection) -> int:
        """How far the primary's log has come: every commit that was confirmed is before it."""
        return await primary.scalar(_POSITION) or 0

    @asynccontextmanager
    async def read(self, position: int) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees at least what the primary had committed at a position of its log.

        Raises:
            Unavailable: when the standby does not get that far in its time. Drivers' errors are left as they are.
        """
        await self._wait_for(position)
        async with self._pool.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.dispose()

    async def _wait_for(self, position: int) -> None:
        engine = self._pool.execution_options(isolation_level="AUTOCOMMIT")
        deadline = time.monotonic() + self._wait
        async with engine.connect() as connection:
            while not await connection.scalar(_HAS_REPLAYED, {"position": position}):
                if time.monotonic() > deadline:
                    raise Unavailable("The replica is behind, or no replica.")
                await asyncio.sleep(_LOOK_S)
