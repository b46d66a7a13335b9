from __future__ import annotations

from pathlib import Path

import pytest

from quiz.domain.commands import End, Start
from quiz.domain.ids import Millis, Pin, SessionId
from quiz.domain.roles import Role
from quiz.domain.scoring import Mode
from quiz.domain.session import Settings
from quiz.domain.validation import read_quiz
from quiz.game import sessions
from quiz.game.tokens import Seat
from quiz.http.settings import HttpSettings
from tests.unit.http.stand_ins import QUIZ
from tests.unit.http.world import World, a_world


async def test_a_session_comes_with_all_that_host_and_screen_need(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    assert made["pin"].isdecimal()
    assert len(made["pin"]) == 7
    assert made["pin"][0] != "0"
    assert made["affinity"] == made["pin"]
    assert world.tokens.seat(made["host_token"]) == Seat(SessionId(made["id"]), Role.HOST)
    assert world.tokens.seat(made["screen_token"]) == Seat(SessionId(made["id"]), Role.SCREEN)


async def test_without_a_public_url_links_begin_with_the_host_that_was_asked(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    assert made["join_url"] == f"http://127.0.0.1:{world.http.port}/{made['pin']}"


async def test_with_a_public_url_links_begin_with_it(tmp_path: Path) -> None:
    async with a_world(tmp_path, HttpSettings(public_url="https://quiz.example/play/")) as world:
        made = await world.make_session(await world.add_user())
        assert made["join_url"] == f"https://quiz.example/play/{made['pin']}"


@pytest.mark.parametrize("host", ["evil.example/path", "a b", "", "x@y", "host:port", "<script>"])
async def test_a_host_header_that_is_no_host_makes_no_links(world: World, ada: str, host: str) -> None:
    quiz_id = await world.add_quiz(ada)
    refused = await world.call("POST", "/sessions", {"quiz_id": quiz_id}, token=ada, headers={"Host": host})
    assert refused.code == "invalid"
    assert (await world.call("GET", "/sessions", token=ada)).json["items"] == []


async def test_settings_are_kept_with_the_session(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    body = {"quiz_id": quiz_id, "settings": {"scoring": "accuracy", "lead_in_ms": 3000}}
    made = await world.call("POST", "/sessions", body, token=ada)
    picture = await world.storage.sessions.load(SessionId(made.json["id"]))
    assert picture is not None
    assert picture.session.settings == Settings(scoring=Mode.ACCURACY, lead_in_ms=Millis(3000))


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"scoring": "luck"}, "settings.scoring"),
        ({"lead_in_ms": -1}, "settings.lead_in_ms"),
        ({"lead_in_ms": 10_001}, "settings.lead_in_ms"),
        ({"lead_in_ms": "1"}, "settings.lead_in_ms"),
        ({"music": True}, "settings.music"),
        ([], "settings"),
        (None, "settings"),
    ],
)
async def test_settings_that_do_not_exist_are_refused(world: World, ada: str, settings: object, field: str) -> None:
    quiz_id = await world.add_quiz(ada)
    refused = await world.call("POST", "/sessions", {"quiz_id": quiz_id, "settings": settings}, token=ada)
    assert refused.code == "invalid"
    assert list(refused.json["error"]["fields"]) == [field]


async def test_a_session_plays_the_quiz_as_it_was_when_it_was_made(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    made = await world.call("POST", "/sessions", {"quiz_id": quiz_id}, token=ada)
    await world.call("DELETE", f"/quizzes/{quiz_id}", token=ada)
    picture = await world.storage.sessions.load(SessionId(made.json["id"]))
    assert picture is not None
    assert picture.session.script.quiz == read_quiz(QUIZ)


async def test_a_pin_that_is_in_use_is_drawn_again(world: World, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [Pin("1234567"), Pin("1234567"), Pin("1234567"), Pin("7654321")]
    monkeypatch.setattr(sessions, "draw_pin", lambda: drawn.pop(0))
    pins = [(await world.make_session(ada))["pin"] for _ in range(2)]
    assert (pins, drawn) == (["1234567", "7654321"], [])


async def test_when_no_pin_is_free_the_host_is_told_to_try_again(
    world: World, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "draw_pin", lambda: Pin("1234567"))
    await world.make_session(ada)
    quiz_id = await world.add_quiz(ada)
    refused = await world.call("POST", "/sessions", {"quiz_id": quiz_id}, token=ada)
    assert (refused.status, refused.code) == (503, "try_again")


async def test_the_pin_of_a_finished_session_is_free_again(
    world: World, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "draw_pin", lambda: Pin("1234567"))
    await world.command((await world.make_session(ada))["id"], End())
    assert (await world.make_session(ada))["pin"] == "1234567"


def test_pins_are_spread_over_seven_digits_without_a_leading_zero() -> None:
    pins = [sessions.draw_pin() for _ in range(5000)]
    assert all(len(pin) == 7 and pin.isdecimal() for pin in pins)
    assert {pin[0] for pin in pins} == set("123456789")
    assert {pin[-1] for pin in pins} == set("0123456789")
    assert len(set(pins)) > 4950


async def test_the_list_tells_of_each_session_newest_first(world: World, ada: str, eve: str) -> None:
    first = await world.make_session(ada)
    then = world.clock.at
    world.clock.forward(60)
    second = await world.make_session(ada, {**QUIZ, "title": "Another"})
    await world.make_session(eve)
    await world.join(first["pin"], "Bob")
    await world.join(first["pin"], "Cy")
    await world.command(first["id"], Start())
    assert (await world.call("GET", "/sessions", token=ada)).json == {
        "items": [
            {
                "id": second["id"],
                "pin": second["pin"],
                "title": "Another",
                "phase": "lobby",
                "created_at": world.clock.at,
                "players": 0,
            },
            {
                "id": first["id"],
                "pin": first["pin"],
                "title": "Capitals & more",
                "phase": "question",
                "created_at": then,
                "players": 2,
            },
        ],
        "next": None,
    }


async def test_following_the_cursor_shows_every_session_once(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    made = set()
    for number in range(5):
        world.clock.forward(number % 2)
        made.add((await world.call("POST", "/sessions", {"quiz_id": quiz_id}, token=ada)).json["id"])
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await world.call("GET", f"/sessions?limit=2{cursor and f'&cursor={cursor}'}", token=ada)).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(made)


async def test_a_host_comes_back_from_another_device_with_new_tokens(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    world.clock.forward(60)
    back = await world.call("POST", f"/sessions/{made['id']}/tokens", token=ada)
    assert back.status == 200
    assert {key: back.json[key] for key in ("id", "pin", "affinity", "join_url")} == {
        key: made[key] for key in ("id", "pin", "affinity", "join_url")
    }
    for token in (back.json["host_token"], made["host_token"]):
        assert world.tokens.seat(token) == Seat(SessionId(made["id"]), Role.HOST)
    assert world.tokens.seat(back.json["screen_token"]) == Seat(SessionId(made["id"]), Role.SCREEN)


async def test_nobody_gets_tokens_for_somebody_elses_session(world: World, ada: str, eve: str) -> None:
    made = await world.make_session(ada)
    refused = await world.call("POST", f"/sessions/{made['id']}/tokens", token=eve)
    assert (refused.status, refused.code) == (403, "forbidden")


async def test_there_are_no_tokens_for_a_session_that_does_not_exist(world: World, ada: str) -> None:
    assert (await world.call("POST", "/sessions/nosuchsession/tokens", token=ada)).status == 404
    assert (await world.call("POST", "/sessions/1234567/tokens", token=ada)).status == 404
