"""Looking after pooled connections: one that has just been used need not be asked whether it is still there.

Asking costs as much as three statements. What the other end has closed shows without asking.
"""

from __future__ import annotations

import time
from typing import Final

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

FRESH_S: Final = 1.0
"""For so long after its last use, a connection that is open is taken to be one that works."""
_USED: Final = "used"
_FAILED: Final = "failed"


def ping_when_stale(engine: AsyncEngine) -> None:
    """Ask each connection that has not been used for a while before it is used again, and replace it if it is gone.

    One on which something has failed is asked as well.
    """

    def checked_in(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_USED] = time.monotonic()

    def checked_out(connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        used: float | None = entry.info.get(_USED)
        if used is None:  # it has just been made
            return
        driver = entry.driver_connection
        if driver is None or driver.is_closed():
            raise InvalidatePoolError("closed by the other end")
        if entry.info.pop(_FAILED, False) or time.monotonic() - used > FRESH_S:
            try:
                engine.dialect.do_ping(connection)
            except Exception as error:
                raise InvalidatePoolError("no answer to a ping") from error

    def failed(failure: ExceptionContext) -> None:
        if failure.connection is not None and not failure.connection.invalidated:
            failure.connection.info[_FAILED] = True

    event.listen(engine.sync_engine, "handle_error", failed)
    event.listen(engine.sync_engine, "checkin", checked_in)
    event.listen(engine.sync_engine, "checkout", checked_out)
