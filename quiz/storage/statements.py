"""Every statement has a name, and one that took long is told of by its name: never with what was in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol, TypeVar

import structlog
from sqlalchemy import Connection, Executable, event
from sqlalchemy.engine import ExceptionContext, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from quiz.domain.ids import Millis
from quiz.observe.logs import Throttle

NAME: Final = "statement_name"
"""The execution option that carries it."""
_STARTED: Final = "statement_started"

log = structlog.get_logger("quiz.storage")

_Statement = TypeVar("_Statement", bound=Executable)


def named(name: str, statement: _Statement) -> _Statement:
    """Name a statement for logs and metrics."""
    return statement.execution_options(**{NAME: name})


class QueryObserver(Protocol):
    """Is told what metrics are made of."""

    def slow(self, name: str, seconds: float) -> None:
        """A statement of this name, or "commit", took so long, whether it succeeded or not."""
        ...


class SlowStatements:
    """Notices statements that take long, on the engines it is attached to.

    Args:
        threshold_ms: how long is long.
        observer: is told of each; the log gets at most one line a second for each name.
    """

    def __init__(self, threshold_ms: Millis, observer: QueryObserver | None) -> None:
        self._threshold = threshold_ms / 1000
        self._observer = observer
        self._throttle = Throttle()

    def attach(self, engine: AsyncEngine) -> None:
        """Watch every statement of an engine."""
        event.listen(engine.sync_engine, "before_cursor_execute", self._begin)
        event.listen(engine.sync_engine, "after_cursor_execute", self._end)
        event.listen(engine.sync_engine, "handle_error", self._fail)

    @contextmanager
    def watch(self, name: str) -> Iterator[None]:
        """Watch something that is no statement but takes its time like one."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._judge(name, time.perf_counter() - started)

    def _begin(self, connection: Connection, *_: object) -> None:
        connection.info[_STARTED] = time.perf_counter()

    def _end(
        self,
        connection: Connection,
        cursor: object,
        statement: str,
        parameters: object,
        context: ExecutionContext | None,
        executemany: bool,
    ) -> None:
        self._finish(connection, context)

    def _fail(self, failure: ExceptionContext) -> None:
        # Without a context it failed before it was sent.
        if failure.connection is not None and failure.execution_context is not None:
            self._finish(failure.connection, failure.execution_context)

    def _finish(self, connection: Connection, context: ExecutionContext | None) -> None:
        started: float | None = connection.info.pop(_STARTED, None)
        if started is not None and context is not None:
            name = context.execution_options.get(NAME, "unnamed")
            self._judge(str(name), time.perf_counter() - started)

    def _judge(self, name: str, seconds: float) -> None:
        if seconds < self._threshold:
            return
        if self._observer is not None:
            self._observer.slow(name, seconds)
        if self._throttle.passes(name):
            log.warning("slow statement", action="query", query=name, ms=round(seconds * 1000))
