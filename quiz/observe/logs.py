"""Structured logs: readable lines on a terminal, JSON elsewhere. Secrets never get this far; see `REDACTED`."""

from __future__ import annotations

import logging
import sys
import time
from functools import partial
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED: Final = frozenset({"token", "password", "secret", "authorization", "host_token", "screen_token", "auth"})
"""Keys whose values are never written, whoever logs them."""
_SERVERS: Final = ("engineio.server", "socketio.server")
_BAD_REQUESTS: Final = "aiohttp.http_exceptions"
_FIRST_TIME: Final = "(further occurrences of this error will be logged with level INFO)"
"""What ends a message that Engine.IO logs as an error once and lower from then on."""


def set_up_logs(level: str, *, json: bool, node: str | None = None, stream: TextIO | None = None) -> None:
    """Send this project's logs and those of the libraries to one stream, standard error by default.

    Args:
        level: a name of the standard library's levels, e.g. "info".
        json: one JSON object a line instead of lines for people.
        node: what this node is called, said in every line; None where there is only one.
    """
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        partial(_name_node, node),
        _redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    ending: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        else [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiosqlite", "engineio", "socketio", "asyncio", "alembic", "sqlalchemy.engine"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    for name in _SERVERS:
        server = logging.getLogger(name)
        # They bring a handler of their own, unless they find their level set.
        server.setLevel(logging.ERROR)
        server.handlers.clear()
        server.filters[:] = [_lower_mistakes_of_clients]
    logging.getLogger("aiohttp.server").filters[:] = [_lower_bad_requests]


def _lower_bad_requests(record: logging.LogRecord) -> bool:
    """Make a request that is no HTTP a matter of debugging: anybody can send one, and gets his 400."""
    error = record.exc_info[0] if record.exc_info else None
    if error is None or error.__module__ != _BAD_REQUESTS:
        return True
    record.levelno, record.levelname = logging.DEBUG, logging.getLevelName(logging.DEBUG)
    record.exc_info = None
    return logging.getLogger().isEnabledFor(logging.DEBUG)


def _lower_mistakes_of_clients(record: logging.LogRecord) -> bool:
    """Make a client's mistake a matter of debugging: anybody can send an unknown session id or a strange origin.

    Engine.IO logs the first of each kind as an error. What it says in that way about itself stays one: that websockets
    cannot be had.
    """
    message = record.getMessage()
    if not message.endswith(_FIRST_TIME) or message.startswith("The WebSocket transport"):
        return True
    record.levelno, record.levelname = logging.DEBUG, logging.getLevelName(logging.DEBUG)
    return logging.getLogger().isEnabledFor(logging.DEBUG)


def _name_node(node: str | None, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if node is not None:
        event["node"] = node
    return event


def _redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key in event.keys() & REDACTED:
        event[key] = "[redacted]"
    return event


class Throttle:
    """Lets a key through at most once in an interval, so that one client cannot fill the logs.

    Args:
        interval_s: seconds between two passes of one key.
        most: how many keys are remembered; beyond that the oldest are forgotten.
    """

    def __init__(self, interval_s: float = 1.0, most: int = 10_000) -> None:
        self._interval = interval_s
        self._most = most
        self._last: dict[str, float] = {}

    def passes(self, key: str) -> bool:
        """Whether `key` may be logged now."""
        now = time.monotonic()
        last = self._last.pop(key, None)
        through = last is None or now - last >= self._interval
        self._last[key] = now if through or last is None else last
        if len(self._last) > self._most:
            del self._last[next(iter(self._last))]
        return through
