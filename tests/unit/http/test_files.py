from __future__ import annotations

from typing import Any

import msgspec
import pytest

from quiz.domain.validation import read_quiz
from tests.unit.http.stand_ins import QUIZ
from tests.unit.http.world import World

CSV_TYPES = {"json": "application/json", "csv": "text/csv"}


@pytest.mark.parametrize("name", CSV_TYPES)
async def test_an_exported_quiz_comes_back_by_import_as_it_was(world: World, ada: str, name: str) -> None:
    quiz_id = await world.add_quiz(ada)
    exported = await world.call("GET", f"/quizzes/{quiz_id}/export?format={name}", token=ada)
    assert exported.status == 200
    assert exported.headers["Content-Type"].startswith(CSV_TYPES[name])
    assert f'filename="Capitals _ more.{name}"' in exported.headers["Content-Disposition"]
    path = f"/quizzes/import?format={name}&title=Capitals %26 more"
    imported = await world.call("POST", path, data=exported.body, token=ada)
    assert (imported.status, imported.json["imported"], imported.json["skipped"]) == (201, 3, [])
    assert imported.json["id"] != quiz_id
    back = (await world.call("GET", f"/quizzes/{imported.json['id']}", token=ada)).json
    assert read_quiz(back) == read_quiz(QUIZ)


async def test_what_an_import_leaves_out_is_told_with_line_and_reason(world: World, ada: str) -> None:
    question = {"type": "text", "text": "Fine?", "accepted": ["yes"]}
    file = {"title": "T", "rounds": [{"title": "R", "questions": [question, {"type": "riddle", "text": "?"}]}]}
    imported = await world.call("POST", "/quizzes/import?format=json", data=msgspec.json.encode(file), token=ada)
    assert imported.json["imported"] == 1
    (skipped,) = imported.json["skipped"]
    assert skipped["line"] >= 1
    assert "riddle" in skipped["reason"]


async def test_a_title_given_with_an_import_wins_over_the_files(world: World, ada: str) -> None:
    data = msgspec.json.encode(QUIZ)
    imported = await world.call("POST", "/quizzes/import?format=json&title=Mine", data=data, token=ada)
    assert (await world.call("GET", f"/quizzes/{imported.json['id']}", token=ada)).json["title"] == "Mine"


@pytest.mark.parametrize("name", ["kahoot_xlsx", "opentriviaqa", "csv", "gift", "json"])
async def test_a_file_that_is_not_of_the_format_gets_one_clear_error(world: World, ada: str, name: str) -> None:
    for data in (b"", b"\0\0\0\0", b"PK\x03\x04 not really", b"nothing to see here"):
        refused = await world.call("POST", f"/quizzes/import?format={name}", data=data, token=ada)
        assert (refused.status, refused.code) == (422, "not_this_format"), data
    assert (await world.call("GET", "/quizzes", token=ada)).json["items"] == []


async def test_a_form_that_holds_the_file_is_refused_saying_what_to_send(world: World, ada: str) -> None:
    boundary = "multipart/form-data; boundary=x"
    data = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + msgspec.json.encode(QUIZ) + b"\r\n--x--"
    for name in ("json", "opentriviaqa"):
        path = f"/quizzes/import?format={name}"
        refused = await world.call("POST", path, data=data, token=ada, headers={"Content-Type": boundary})
        assert (refused.status, refused.code) == (422, "not_this_format")
        assert refused.json["error"]["message"] == "Send the file itself as the body, not a form that holds it."
    path = "/quizzes/import?format=json"
    large = await world.call("POST", path, data=b" " * (10 * 2**20 + 1), token=ada, headers={"Content-Type": boundary})
    assert large.code == "too_large"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "format"),
        ("?format=pdf", "format"),
        ("?format=json&title=" + "x" * 201, "title"),
        ("?format=json&title=", "title"),
        ("?format=json&title=%00", "title"),
        ("?format=json&owner=eve", "owner"),
    ],
)
async def test_an_import_that_asks_for_something_odd_is_refused(world: World, ada: str, query: str, field: str) -> None:
    refused = await world.call("POST", f"/quizzes/import{query}", data=msgspec.json.encode(QUIZ), token=ada)
    assert (refused.status, refused.code) == (422, "invalid")
    assert list(refused.json["error"]["fields"]) == [field]


async def test_a_file_may_be_larger_than_a_document_but_not_endless(world: World, ada: str) -> None:
    async def send(size: int) -> Any:
        return await world.call("POST", "/quizzes/import?format=gift", data=b" " * size, token=ada)

    assert (await send(5 * 2**20)).code == "not_this_format"
    assert (await send(10 * 2**20 + 1)).code == "too_large"
