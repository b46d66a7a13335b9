from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from quiz.domain.ids import Pin, SessionId, UserId
from quiz.game.errors import Unavailable
from quiz.http.settings import HttpSettings
from tests.unit.http.stand_ins import QUIZ
from tests.unit.http.world import World, a_world


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/quizzes/a/b/c", "/sessions/1234567/secrets", "/v2"])
async def test_a_call_that_does_not_exist_gets_the_contracts_error(world: World, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answered = await world.call(method, path)
        assert (answered.status, answered.code) == (404, "not_found")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/quizzes", "/api/v1"])
async def test_so_does_everything_else_under_api(world: World, path: str) -> None:
    answered = await world.get(path)
    assert (answered.status, answered.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/quizzes/abc", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("GET", "/auth/login", "OPTIONS, POST"),
        ("DELETE", "/sessions", "GET, HEAD, OPTIONS, POST"),
        ("GET", "/quizzes/import", "OPTIONS, POST"),
    ],
)
async def test_a_method_that_a_path_does_not_have_is_refused_naming_those_it_has(
    world: World, method: str, path: str, allowed: str
) -> None:
    answered = await world.call(method, path)
    assert (answered.status, answered.code) == (405, "method_not_allowed")
    assert answered.headers["Allow"] == allowed


async def test_options_tells_the_methods(world: World) -> None:
    async with world.http.options("/api/v1/quizzes/abc") as response:
        assert (response.status, response.headers["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PUT")


async def test_head_works_wherever_get_does(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    quiz_id = await world.add_quiz(ada)
    for path in (
        "/quizzes",
        f"/quizzes/{quiz_id}",
        f"/quizzes/{quiz_id}/export?format=json",
        "/sessions",
        f"/sessions/{made['pin']}",
        f"/sessions/{made['pin']}/qr.svg",
        f"/sessions/{made['id']}/standings",
        f"/sessions/{made['id']}/results?format=json",
        "/openapi.json",
        "/asyncapi.json",
    ):
        got, head = [await world.call(method, path, token=ada) for method in ("GET", "HEAD")]
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(got.body))), path
        assert head.headers.get("ETag") == got.headers.get("ETag")


class BrokenStore:
    """Raises whatever it is given, whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def find(self, pin: Pin) -> SessionId | None:
        raise self._error


async def test_while_the_database_is_away_calls_are_told_to_try_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services.joining, "_store", BrokenStore(Unavailable("the disk hums: /secret/path")))
    answered = await world.call("GET", "/sessions/1234567")
    assert (answered.status, answered.code, answered.headers["Retry-After"]) == (503, "unavailable", "2")
    assert b"secret" not in answered.body


async def test_what_breaks_is_told_to_the_log_with_its_traceback_once_and_to_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services.joining, "_store", BrokenStore(ZeroDivisionError("at /secret/path")))
    with capture_logs() as logs:
        answered = await world.call("POST", "/sessions/1234567/players", {"nickname": "Bob of the log"})
    assert (answered.status, answered.code) == (500, "internal")
    assert b"secret" not in answered.body
    (line,) = logs
    assert line == {
        "event": "request failed",
        "log_level": "error",
        "action": "request",
        "route": "/api/v1/sessions/{pin}/players",
        "method": "POST",
        "exc_info": True,
    }


async def test_refused_calls_of_one_client_are_logged_at_most_once_a_second(world: World) -> None:
    with capture_logs() as logs:
        await asyncio.gather(*(world.call("GET", "/nothing") for _ in range(20)))
    assert [line["code"] for line in logs] == ["not_found"]


async def test_no_log_line_holds_what_was_sent(tmp_path: Path) -> None:
    # A service for each call, so that no line is left out for coming too soon after another.
    secret = "opensesame"
    for number, (method, path, body) in enumerate(
        (
            ("POST", "/auth/login", {"username": secret, "password": secret}),
            ("POST", "/auth/login", {secret: secret}),
            ("POST", f"/sessions/{secret}/players", {"nickname": secret}),
            ("GET", f"/quizzes?{secret}={secret}", None),
            ("GET", f"/{secret}", None),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with a_world(folder) as world:
            with capture_logs() as logs:
                answered = await world.call(method, path, body, headers={"X-Secret": secret})
            assert answered.status >= 400
            assert len(logs) == 1
            assert secret not in repr(logs)


def counted(world: World) -> dict[tuple[str, str], float]:
    """How often each route has been answered with each status."""
    return {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for metric in world.metrics.http_requests.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }


async def test_every_call_is_counted_by_route_and_status(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    for _ in range(3):
        await world.call("GET", f"/quizzes/{quiz_id}", token=ada)
    await world.call("GET", f"/quizzes/{quiz_id}")
    await world.call("GET", "/made/up")
    await world.call("GET", "/made/up/too")
    assert counted(world) == {
        ("/api/v1/quizzes", "201"): 1,
        ("/api/v1/quizzes/{id}", "200"): 3,
        ("/api/v1/quizzes/{id}", "401"): 1,
        ("none", "404"): 2,
    }


async def test_a_body_that_does_not_arrive_in_time_is_refused(tmp_path: Path) -> None:
    async with a_world(tmp_path, HttpSettings(body_timeout_s=0.05)) as world:
        never = asyncio.Event()

        async def half() -> Any:
            yield b'{"nickname": '
            await never.wait()

        headers = {"Content-Type": "application/json"}
        async with world.http.post("/api/v1/sessions/1234567/players", data=half(), headers=headers) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (400, "malformed")


async def test_a_client_that_leaves_in_the_middle_of_its_body_leaves_no_trace_but_its_absence(
    world: World, ada: str
) -> None:
    assert world.http.port is not None
    with capture_logs() as logs:
        _, writer = await asyncio.open_connection("127.0.0.1", world.http.port)
        writer.write(
            f"POST /api/v1/quizzes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada}\r\n"
            'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"title"'.encode()
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await world.call("GET", "/quizzes", token=ada)
    assert [line for line in logs if line["log_level"] == "error"] == []


async def test_an_account_that_is_gone_is_asked_to_sign_in_again(world: World) -> None:
    token = world.tokens.for_user(UserId("gone"), world.in_hours(1))
    answered = await world.call("POST", "/quizzes", QUIZ, token=token)
    assert (answered.status, answered.code) == (401, "unauthorized")
