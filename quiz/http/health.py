"""What operators and load balancers ask: alive, ready, and how it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import msgspec
import structlog
from aiohttp import web
from msgspec import Struct

from quiz.observe.metrics import CONTENT_TYPE, Metrics

Check = Callable[[], Awaitable[str | None]]
"""Looks at one thing this node needs; says in a few words why it cannot serve, or None when it can."""

log = structlog.get_logger("quiz.http")


class Readiness(Struct, frozen=True):
    """Whether this node may get traffic, and by the name of the check what keeps it from that."""

    ready: bool
    reasons: dict[str, str]


class Health:
    """Serves `/healthz`, `/readyz` and `/metrics`.

    Args:
        checks: what readiness depends on, by name.
        timeout_s: how long one check may take.
    """

    def __init__(self, checks: Mapping[str, Check], metrics: Metrics, timeout_s: float) -> None:
        self._checks = checks
        self._metrics = metrics
        self._timeout_s = timeout_s

    def add_to(self, app: web.Application) -> None:
        """Register the three."""
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._render_metrics)

    async def readiness(self) -> Readiness:
        """Make all checks at once."""
        found = await asyncio.gather(*(self._reason(name, check) for name, check in self._checks.items()))
        reasons = {name: reason for name, reason in zip(self._checks, found, strict=True) if reason is not None}
        return Readiness(not reasons, reasons)

    async def _reason(self, name: str, check: Check) -> str | None:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await check()
        except TimeoutError:
            return f"no answer within {self._timeout_s:g} s"
        except Exception:
            # A check that breaks says as much as one that fails; the traceback is for the log only.
            log.exception("readiness check failed", action="check", check=name)
            return "the check failed"

    async def _alive(self, _request: web.Request) -> web.Response:
        return _uncached(web.Response(text="ok\n"))

    async def _ready(self, _request: web.Request) -> web.Response:
        readiness = await self.readiness()
        status = 200 if readiness.ready else 503
        return _uncached(
            web.Response(body=msgspec.json.encode(readiness), status=status, content_type="application/json")
        )

    async def _render_metrics(self, _request: web.Request) -> web.Response:
        return _uncached(web.Response(body=self._metrics.render(), headers={"Content-Type": CONTENT_TYPE}))


def _uncached(response: web.Response) -> web.Response:
    response.headers["Cache-Control"] = "no-store"
    return response
