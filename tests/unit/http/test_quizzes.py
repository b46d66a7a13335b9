from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import msgspec

from quiz.domain.validation import read_quiz
from tests.unit.http.stand_ins import QUIZ
from tests.unit.http.world import World


def renamed(title: str) -> dict[str, Any]:
    return {**QUIZ, "title": title}


async def test_a_quiz_comes_back_as_it_was_kept(world: World, ada: str) -> None:
    kept = await world.call("POST", "/quizzes", QUIZ, token=ada)
    assert (kept.status, kept.headers["ETag"]) == (201, '"1"')
    read = await world.call("GET", f"/quizzes/{kept.json['id']}", token=ada)
    assert (read.status, read.headers["ETag"]) == (200, '"1"')
    assert read_quiz(read.json) == read_quiz(QUIZ)


async def test_a_quiz_that_is_read_says_what_its_author_left_to_the_defaults(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    read = (await world.call("GET", f"/quizzes/{quiz_id}", token=ada)).json
    choice, _ = read["rounds"][0]["questions"]
    assert read["language"] == "en"
    assert choice == {
        "type": "choice",
        "text": "Capital of France?",
        "choices": [{"text": "Paris", "correct": True}, {"text": "Lyon", "correct": False}],
        "multiple": False,
        "time_limit": 20,
        "points": 1000,
        "explanation": None,
        "image": None,
    }
    assert read["rounds"][1]["questions"][0]["tolerance"] == 0


async def test_what_came_in_as_a_large_file_can_be_put_back_as_a_document(world: World, ada: str) -> None:
    question = {"type": "text", "text": "?", "accepted": ["!"], "explanation": "x" * 1000}
    file = {"title": "Long", "rounds": [{"title": "R", "questions": [question] * 4000}]}
    data = msgspec.json.encode(file)
    quiz_id = (await world.call("POST", "/quizzes/import?format=json", data=data, token=ada)).json["id"]
    read = (await world.call("GET", f"/quizzes/{quiz_id}", token=ada)).json
    put = await world.call("PUT", f"/quizzes/{quiz_id}", read, token=ada, headers={"If-Match": '"1"'})
    assert put.status == 200


async def test_a_quiz_that_the_client_knows_already_is_not_sent_again(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    for tag in ('"1"', 'W/"1"', '"7", "1"', "*"):
        again = await world.call("GET", f"/quizzes/{quiz_id}", token=ada, headers={"If-None-Match": tag})
        assert (again.status, again.headers["ETag"]) == (304, '"1"'), tag
    changed = await world.call("GET", f"/quizzes/{quiz_id}", token=ada, headers={"If-None-Match": '"2"'})
    assert changed.status == 200


async def test_a_quiz_is_changed_by_whoever_has_seen_its_present_revision(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    put = await world.call("PUT", f"/quizzes/{quiz_id}", renamed("Two"), token=ada, headers={"If-Match": '"1"'})
    assert (put.status, put.headers["ETag"], put.json) == (200, '"2"', {"id": quiz_id})
    assert (await world.call("GET", f"/quizzes/{quiz_id}", token=ada)).json["title"] == "Two"


async def test_a_change_of_another_revision_is_refused(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    for tag in ('"2"', '"0"', 'W/"1"', "1", '""', '"one"', '"' + "9" * 100 + '"', '"²"'):
        for method, body in (("PUT", renamed("Two")), ("DELETE", None)):
            refused = await world.call(method, f"/quizzes/{quiz_id}", body, token=ada, headers={"If-Match": tag})
            assert (refused.status, refused.code) == (412, "precondition_failed"), f"{method} {tag}"
    kept = (await world.call("GET", f"/quizzes/{quiz_id}", token=ada)).json
    assert read_quiz(kept) == read_quiz(QUIZ)


async def test_a_change_without_if_match_is_refused(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    refused = await world.call("PUT", f"/quizzes/{quiz_id}", renamed("Two"), token=ada)
    assert (refused.status, refused.code) == (428, "precondition_required")


async def test_if_match_takes_a_list_and_an_asterisk(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    for tag, etag in (('"5", "1"', '"2"'), ("*", '"3"')):
        put = await world.call("PUT", f"/quizzes/{quiz_id}", renamed(tag), token=ada, headers={"If-Match": tag})
        assert (put.status, put.headers["ETag"]) == (200, etag)


async def test_of_two_who_change_the_same_revision_one_is_refused(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    both = await asyncio.gather(
        *(
            world.call("PUT", f"/quizzes/{quiz_id}", renamed(title), token=ada, headers={"If-Match": '"1"'})
            for title in ("Left", "Right")
        )
    )
    assert Counter(answered.status for answered in both) == {200: 1, 412: 1}


async def test_of_many_who_change_whatever_is_there_nobody_is_refused(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    all_ = await asyncio.gather(
        *(
            world.call("PUT", f"/quizzes/{quiz_id}", renamed(title), token=ada, headers={"If-Match": "*"})
            for title in "ABC"
        )
    )
    assert {answered.headers.get("ETag") for answered in all_} == {'"2"', '"3"', '"4"'}


async def test_a_removed_quiz_is_gone(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    assert (await world.call("DELETE", f"/quizzes/{quiz_id}", token=ada, headers={"If-Match": '"1"'})).status == 204
    for method, body, headers in (("GET", None, {}), ("PUT", QUIZ, {"If-Match": "*"}), ("DELETE", None, {})):
        gone = await world.call(method, f"/quizzes/{quiz_id}", body, token=ada, headers=headers)
        assert (gone.status, gone.code) == (404, "not_found"), method


async def test_a_quiz_can_be_removed_without_saying_which_revision(world: World, ada: str) -> None:
    quiz_id = await world.add_quiz(ada)
    assert (await world.call("DELETE", f"/quizzes/{quiz_id}", token=ada)).status == 204


async def test_somebody_elses_quiz_is_as_if_it_did_not_exist(world: World, ada: str, eve: str) -> None:
    quiz_id = await world.add_quiz(ada)
    for method, path, body, headers in (
        ("GET", f"/quizzes/{quiz_id}", None, {}),
        ("PUT", f"/quizzes/{quiz_id}", QUIZ, {"If-Match": "*"}),
        ("DELETE", f"/quizzes/{quiz_id}", None, {}),
        ("GET", f"/quizzes/{quiz_id}/export?format=json", None, {}),
        ("POST", "/sessions", {"quiz_id": quiz_id}, {}),
    ):
        refused = await world.call(method, path, body, token=eve, headers=headers)
        assert (refused.status, refused.code) == (404, "not_found"), f"{method} {path}"
    assert (await world.call("GET", "/quizzes", token=eve)).json == {"items": [], "next": None}
    assert (await world.call("GET", f"/quizzes/{quiz_id}", token=ada)).status == 200


async def test_the_list_holds_what_a_person_needs_to_choose_last_changed_first(world: World, ada: str) -> None:
    first = await world.add_quiz(ada, renamed("First"))
    world.clock.forward(1)
    second = await world.add_quiz(ada, {**renamed("Second"), "language": "de"})
    then = world.clock.at
    world.clock.forward(1)
    await world.call("PUT", f"/quizzes/{first}", renamed("First again"), token=ada, headers={"If-Match": "*"})
    assert (await world.call("GET", "/quizzes", token=ada)).json == {
        "items": [
            {"id": first, "title": "First again", "language": "en", "questions": 3, "updated_at": world.clock.at},
            {"id": second, "title": "Second", "language": "de", "questions": 3, "updated_at": then},
        ],
        "next": None,
    }


async def test_following_the_cursor_shows_every_quiz_once_also_those_of_one_instant(world: World, ada: str) -> None:
    kept = [await world.add_quiz(ada) for _ in range(7)]
    seen: list[str] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        page = (await world.call("GET", f"/quizzes?limit=3{cursor and f'&cursor={cursor}'}", token=ada)).json
        seen += [item["id"] for item in page["items"]]
        cursor, pages = page["next"], pages + 1
    assert (sorted(seen), len(seen), pages) == (sorted(kept), 7, 3)


async def test_a_list_that_fits_its_last_page_exactly_has_no_next_one(world: World, ada: str) -> None:
    for _ in range(4):
        await world.add_quiz(ada)
    assert (await world.call("GET", "/quizzes?limit=4", token=ada)).json["next"] is None


async def test_a_quiz_with_problems_is_refused_naming_each_of_them(world: World, ada: str) -> None:
    document = {
        "title": "T",
        "rounds": [
            {
                "title": "R",
                "questions": [
                    {"type": "text", "text": "", "accepted": ["x"]},
                    {"type": "poll", "text": "Which?", "choices": [{"text": "only one"}]},
                    {"type": "riddle", "text": "Who?"},
                ],
            }
        ],
    }
    refused = await world.call("POST", "/quizzes", document, token=ada)
    assert (refused.status, refused.code) == (422, "invalid")
    assert set(refused.json["error"]["fields"]) == {
        "rounds.0.questions.0.text",
        "rounds.0.questions.1.choices",
        "rounds.0.questions.2.type",
    }
    assert refused.json["error"]["message"] == "Round 1, question 1, text: it is empty."
    assert (await world.call("GET", "/quizzes", token=ada)).json["items"] == []


async def test_a_quiz_larger_than_what_plain_calls_may_carry_is_kept(world: World, ada: str) -> None:
    question = {"type": "text", "text": "x" * 400, "accepted": ["y"]}
    document = {"title": "Long", "rounds": [{"title": "R", "questions": [question] * 400}]}
    quiz_id = await world.add_quiz(ada, document)
    kept = (await world.call("GET", f"/quizzes/{quiz_id}", token=ada)).json
    assert read_quiz(kept) == read_quiz(document)
