from __future__ import annotations

import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from quiz.http.settings import HttpSettings
from tests.unit.http.world import World, a_world


async def fine() -> str | None:
    return None


async def full() -> str | None:
    return "every seat is taken"


async def broken() -> str | None:
    raise RuntimeError("password=secret")


async def hanging() -> str | None:
    await asyncio.Event().wait()
    return None


async def test_a_process_that_serves_is_alive(world: World) -> None:
    got = await world.get("/healthz")
    assert (got.status, got.body, got.headers["Cache-Control"]) == (200, b"ok\n", "no-store")


async def test_a_node_whose_checks_pass_is_ready(tmp_path: Path) -> None:
    async with a_world(tmp_path, checks={"database": fine, "clock": fine}) as world:
        got = await world.get("/readyz")
        assert (got.status, got.json) == (200, {"ready": True, "reasons": {}})


async def test_a_node_that_is_not_ready_says_why_of_each_check_and_no_more(tmp_path: Path) -> None:
    checks = {"database": fine, "seats": full, "clock": broken, "disk": hanging}
    async with a_world(tmp_path, HttpSettings(readiness_timeout_s=0.05), checks=checks) as world:
        with capture_logs() as logs:
            got = await world.get("/readyz")
        assert got.status == 503
        assert got.json == {
            "ready": False,
            "reasons": {
                "seats": "every seat is taken",
                "clock": "the check failed",
                "disk": "no answer within 0.05 s",
            },
        }
        assert [line["check"] for line in logs] == ["clock"]
        assert (await world.get("/healthz")).status == 200


async def test_metrics_come_as_prometheus_reads_them(world: World) -> None:
    await world.call("GET", "/nothing")
    got = await world.get("/metrics")
    assert got.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert b'quiz_http_requests_total{route="none",status="404"} 1.0' in got.body
