"""Rubbish, for every call that takes something: the contract's error, and nothing changes."""

from __future__ import annotations

import gzip
from typing import Any, Final

import pytest
from msgspec import Struct

from tests.unit.http.stand_ins import QUIZ
from tests.unit.http.world import World


class Call(Struct, frozen=True):
    """A call that would succeed with `good`."""

    method: str
    path: str
    good: dict[str, Any]
    most: int
    """The largest body it reads, in bytes."""


PLAIN: Final = 64 * 1024
DOCUMENT: Final = 10 * 1024 * 1024
CALLS: Final = {
    "login": Call("POST", "/auth/login", {"username": "ada", "password": "correct horse"}, PLAIN),
    "add_quiz": Call("POST", "/quizzes", QUIZ, DOCUMENT),
    "replace_quiz": Call("PUT", "/quizzes/QUIZ", QUIZ, DOCUMENT),
    "make_session": Call("POST", "/sessions", {"quiz_id": "QUIZ"}, PLAIN),
    "join_session": Call("POST", "/sessions/PIN/players", {"nickname": "Bob"}, PLAIN),
}
ANY_TYPE: Final = (
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data",
    "x",
)
EVERY = pytest.mark.parametrize("name", CALLS)


class Stage:
    """A quiz and a session for calls to fail on."""

    def __init__(self, world: World, token: str, quiz_id: str, pin: str) -> None:
        self.world = world
        self.token = token
        self.quiz_id = quiz_id
        self.pin = pin

    async def send(
        self, call: Call, json: object = None, *, data: bytes | None = None, content_type: str = "application/json"
    ) -> tuple[int, str]:
        """Status and code of the answer; no code when it is none of an error."""
        path = call.path.replace("QUIZ", self.quiz_id).replace("PIN", self.pin)
        headers = {"If-Match": "*", "Content-Type": content_type}
        answered = await self.world.call(call.method, path, json, data=data, headers=headers, token=self.token)
        return answered.status, answered.code if answered.status >= 400 else ""

    async def state(self) -> list[Any]:
        """All that a call could have changed."""
        paths = ("/quizzes", "/sessions", f"/quizzes/{self.quiz_id}")
        seen: list[Any] = [(await self.world.call("GET", path, token=self.token)).json for path in paths]
        return [*seen, list(self.world.arrivals.seen)]


@pytest.fixture
async def stage(world: World, ada: str) -> Stage:
    session = await world.make_session(ada)
    return Stage(world, ada, await world.add_quiz(ada), session["pin"])


@EVERY
async def test_rubbish_gets_the_contracts_error_and_changes_nothing(stage: Stage, name: str) -> None:
    call, before = CALLS[name], await stage.state()
    for data, expected in (
        (b"", (400, "invalid_json")),
        (b"{", (400, "invalid_json")),
        (b'{"a": 1,}', (400, "invalid_json")),
        (b"{'a': 1}", (400, "invalid_json")),
        (b"\xff\xfe{}", (400, "invalid_json")),
        (b'{"title": "\xff"}', (400, "invalid_json")),
        (b"[" * 50_000, (400, "invalid_json")),
        (b'{"a":' * 10_000, (400, "invalid_json")),
        (b"{}{}", (400, "invalid_json")),
        (b"NaN", (400, "invalid_json")),
        (b'{"a": 1e999}', (422, "invalid")),
        (b'{"a": ' + b"9" * 5000 + b"}", (422, "invalid")),
        (b"{}", (422, "invalid")),
        (b"[]", (422, "invalid")),
        (b"null", (422, "invalid")),
        (b'"text"', (422, "invalid")),
        (b"7", (422, "invalid")),
    ):
        assert await stage.send(call, data=data) == expected, data[:40]
    assert await stage.state() == before


@EVERY
async def test_a_number_beyond_all_bounds_is_told_in_words(stage: Stage, name: str) -> None:
    path = CALLS[name].path.replace("QUIZ", stage.quiz_id).replace("PIN", stage.pin)
    for data in (b'{"a": 1e999}', b'[[{"a": [1, 1e999]}]]', b'{"a": ' + b"9" * 5000 + b"}", b"1e999"):
        answered = await stage.world.call(
            CALLS[name].method, path, data=data, token=stage.token, headers={"If-Match": "*"}
        )
        assert answered.json["error"] == {
            "code": "invalid",
            "message": "The body has a number that is too large.",
            "fields": {"body": "The body has a number that is too large."},
        }


@EVERY
async def test_a_field_too_many_is_refused_and_named(stage: Stage, name: str) -> None:
    call, before = CALLS[name], await stage.state()
    path = call.path.replace("QUIZ", stage.quiz_id).replace("PIN", stage.pin)
    answered = await stage.world.call(
        call.method, path, {**call.good, "surprise": 1}, token=stage.token, headers={"If-Match": "*"}
    )
    assert (answered.status, answered.code) == (422, "invalid")
    assert list(answered.json["error"]["fields"]) == ["surprise"]
    assert "surprise is not a field" in answered.json["error"]["message"]
    assert await stage.state() == before


@EVERY
async def test_every_field_of_a_wrong_type_is_refused(stage: Stage, name: str) -> None:
    call, before = CALLS[name], await stage.state()
    for field in call.good:
        for wrong in (7, None, True, {"a": 1}, 1.5):
            assert await stage.send(call, {**call.good, field: wrong}) == (422, "invalid"), f"{field}: {wrong}"
    assert await stage.state() == before


@EVERY
async def test_every_field_that_is_missing_is_named(stage: Stage, name: str) -> None:
    call = CALLS[name]
    for field in call.good:
        path = call.path.replace("QUIZ", stage.quiz_id).replace("PIN", stage.pin)
        rest = {key: value for key, value in call.good.items() if key != field}
        answered = await stage.world.call(call.method, path, rest, token=stage.token, headers={"If-Match": "*"})
        assert answered.json["error"]["fields"].keys() == {field}
        assert f"{field} is missing" in answered.json["error"]["message"]


@EVERY
async def test_a_body_larger_than_the_call_may_carry_is_refused(stage: Stage, name: str) -> None:
    call, before = CALLS[name], await stage.state()
    blown_up = b'{"title": "' + b"x" * call.most + b'"}'
    assert await stage.send(call, data=blown_up) == (413, "too_large")
    assert await stage.state() == before


@EVERY
async def test_a_body_of_unknown_length_is_read_no_further_than_the_bound(stage: Stage, name: str) -> None:
    call = CALLS[name]

    async def endless() -> Any:
        for _ in range(call.most // 10_000 + 2):
            yield b" " * 10_000

    path = call.path.replace("QUIZ", stage.quiz_id).replace("PIN", stage.pin)
    headers = {"Authorization": f"Bearer {stage.token}", "Content-Type": "application/json", "If-Match": "*"}
    async with stage.world.http.request(call.method, f"/api/v1{path}", data=endless(), headers=headers) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (413, "too_large")


@EVERY
async def test_a_small_body_that_unpacks_to_a_large_one_is_refused(stage: Stage, name: str) -> None:
    call = CALLS[name]
    packed = gzip.compress(b" " * 8 * call.most)
    assert len(packed) < call.most
    path = call.path.replace("QUIZ", stage.quiz_id).replace("PIN", stage.pin)
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json", "If-Match": "*"}
    answered = await stage.world.call(call.method, path, data=packed, headers=headers, token=stage.token)
    assert (answered.status, answered.code) in {(413, "too_large"), (400, "malformed")}


@EVERY
async def test_a_body_that_cannot_be_unpacked_is_refused(stage: Stage, name: str) -> None:
    call = CALLS[name]
    path = call.path.replace("QUIZ", stage.quiz_id).replace("PIN", stage.pin)
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json", "If-Match": "*"}
    answered = await stage.world.call(call.method, path, data=b"not gzip at all", headers=headers, token=stage.token)
    assert answered.status == 400


@EVERY
async def test_a_body_is_read_as_json_whatever_it_says_it_is(stage: Stage, name: str) -> None:
    call = CALLS[name]
    good = {**call.good, "quiz_id": stage.quiz_id} if "quiz_id" in call.good else call.good
    for number, content_type in enumerate(ANY_TYPE):
        if "nickname" in good:
            good = {"nickname": f"Bob {number}"}
        assert (await stage.send(call, good, content_type=content_type))[0] in {200, 201}, content_type
        assert await stage.send(call, data=b"a=1&b=2", content_type=content_type) == (400, "invalid_json")
        blown_up = b"x" * (call.most + 1)
        assert await stage.send(call, data=blown_up, content_type=content_type) == (413, "too_large")


async def test_a_parameter_that_cannot_be_used_is_refused_and_named(stage: Stage) -> None:
    for path, field in (
        ("/quizzes?limit=0", "limit"),
        ("/quizzes?limit=101", "limit"),
        ("/quizzes?limit=-1", "limit"),
        ("/quizzes?limit=ten", "limit"),
        ("/quizzes?limit=5.5", "limit"),
        ("/quizzes?limit=", "limit"),
        ("/quizzes?limit=" + "9" * 5000, "limit"),
        ("/quizzes?limit=5&limit=6", "query"),
        ("/quizzes?colour=red", "colour"),
        ("/quizzes?cursor=", "cursor"),
        ("/quizzes?cursor=rubbish", "cursor"),
        ("/quizzes?cursor=bnVsbA", "cursor"),
        ("/quizzes?cursor=WzEsImEgYiJd", "cursor"),
        ("/quizzes?cursor=Wy0xLCJhIl0", "cursor"),
        ("/quizzes?cursor=" + "A" * 201, "cursor"),
        ("/quizzes?cursor=%FF%00", "cursor"),
        ("/sessions?cursor=rubbish", "cursor"),
        ("/sessions?limit=0", "limit"),
        ("/sessions/ID/standings?limit=501", "limit"),
        ("/sessions/ID/standings?offset=-1", "offset"),
        ("/sessions/ID/standings?offset=1000001", "offset"),
        ("/sessions/ID/results", "format"),
        ("/sessions/ID/results?format=pdf", "format"),
        ("/quizzes/ID/export?format=gift", "format"),
        ("/quizzes/ID/export", "format"),
        ("/quizzes/ID?verbose=1", "verbose"),
    ):
        answered = await stage.world.call("GET", path.replace("ID", stage.quiz_id), token=stage.token)
        assert (answered.status, answered.code) == (422, "invalid"), path
        assert list(answered.json["error"]["fields"]) == [field], path


async def test_calls_without_a_body_take_an_empty_object_and_nothing_else(stage: Stage, world: World) -> None:
    (session,) = (await world.call("GET", "/sessions", token=stage.token)).json["items"]
    path = f"/sessions/{session['id']}/tokens"
    for data, status in ((b"", 200), (b"{}", 200), (b" {} ", 200), (b"[]", 422), (b'{"a":1}', 422), (b"{", 400)):
        assert (await world.call("POST", path, data=data, token=stage.token)).status == status, data


async def test_a_login_that_is_far_too_long_is_refused_before_it_is_hashed(stage: Stage) -> None:
    call = CALLS["login"]
    assert await stage.send(call, {"username": "a" * 101, "password": "x"}) == (422, "invalid")
    assert await stage.send(call, {"username": "ada", "password": "x" * 1001}) == (422, "invalid")
