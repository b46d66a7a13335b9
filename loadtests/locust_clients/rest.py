"""REST calls of quiz masters and players; the statistics name each by what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import gevent  # type: ignore[import-untyped]  # it ships no types
import msgspec
from locust.contrib.fasthttp import FastHttpSession
from locust.env import Environment
from msgspec import Struct

TRIES: Final = 5
_RETRY_AFTER_MAX_S: Final = 10.0
_CALLS_AT_ONCE: Final = 200


class Made(Struct, frozen=True):
    """A new session."""

    id: str
    pin: str
    host_token: str


class Seat(Struct, frozen=True):
    """What a player gets by joining."""

    player_id: str
    token: str
    affinity: str


class _Login(Struct, frozen=True):
    token: str


class _Quiz(Struct, frozen=True):
    id: str


class _Error(Struct, frozen=True):
    code: str


class _Refusal(Struct, frozen=True):
    error: _Error


class NotServed(Exception):
    """A call failed for good; `args[0]` is the code. It has been counted."""


class Api:
    """Calls to one service, over connections that all clients of this process share."""

    def __init__(self, host: str, environment: Environment) -> None:
        self._session = FastHttpSession(host, environment.events.request, None, concurrency=_CALLS_AT_ONCE)
        self._token: str | None = None

    def sign_in(self, username: str, password: str) -> None:
        """Become a quiz master for the calls to come."""
        body = {"username": username, "password": password}
        self._token = msgspec.json.decode(self._post("login", "/auth/login", body, 200), type=_Login).token

    def add_quiz(self, document: dict[str, object]) -> str:
        """Store a quiz; gives its id."""
        return msgspec.json.decode(self._post("quiz", "/quizzes", document, 201), type=_Quiz).id

    def make_session(self, quiz_id: str) -> Made:
        """Open a session of a quiz."""
        return msgspec.json.decode(self._post("session", "/sessions", {"quiz_id": quiz_id}, 201), type=Made)

    def join(self, pin: str, nickname: str) -> Seat:
        """Take a seat.

        Raises:
            NotServed: there is none to be had.
        """
        path = f"/sessions/{pin}/players"
        return msgspec.json.decode(self._post("join", path, {"nickname": nickname}, 201), type=Seat)

    def _post(self, name: str, path: str, body: Mapping[str, object], success: int) -> bytes:
        """One call; again when the server says that this helps. Every refusal is counted with its code."""
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        code = ""
        for _ in range(TRIES):
            request: Any = self._session.post(
                f"/api/v1{path}",
                data=msgspec.json.encode(body).decode(),
                headers=headers,
                name=name,
                catch_response=True,
            )
            with request as reply:
                if reply.status_code == success:
                    return bytes(reply.content)
                code = _code(reply.status_code, reply.content)
                reply.failure(code)
                wait_s = min(_RETRY_AFTER_MAX_S, float((reply.headers or {}).get("Retry-After") or 1))
            if reply.status_code not in (0, 429, 500, 503):
                break
            gevent.sleep(wait_s)
        raise NotServed(code)


def _code(status: int, body: bytes | None) -> str:
    try:
        return msgspec.json.decode(body or b"", type=_Refusal).error.code
    except msgspec.MsgspecError:
        return f"http_{status}"
