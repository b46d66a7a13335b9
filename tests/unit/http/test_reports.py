from __future__ import annotations

import asyncio
import csv
import threading
from collections.abc import Sequence
from io import BytesIO
from typing import Any, BinaryIO, ClassVar

import pytest
from openpyxl import load_workbook
from structlog.testing import capture_logs

from quiz.domain.commands import Close, End, Kick, Next, Start, Void
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.roles import Role
from quiz.domain.tally import StoredAnswer
from quiz.game.files import FileKind
from quiz.game.report_count import ReportCount
from quiz.game.reports import ResultsWritten
from quiz.game.staff import Staff
from quiz.game.tokens import Seat
from tests.unit.http.world import World


async def played(world: World, ada: str) -> tuple[Any, Any, Any, Any]:
    """A session after its first question: Bob was right at once, Cy right later, Di wrong."""
    made = await world.make_session(ada)
    bob, cy, di = [await world.join(made["pin"], name) for name in ("Bob", "Cy", "Di")]
    await world.command(made["id"], Start())
    world.clock.forward(0.25)
    await world.answer(made["id"], bob["player_id"], [0])
    world.clock.forward(9.75)
    await world.answer(made["id"], cy["player_id"], [0])
    world.clock.forward(1)
    await world.answer(made["id"], di["player_id"], [1])
    await world.command(made["id"], Close())
    return made, bob, cy, di


def line(rank: int, joined: Any, points: int, correct: int) -> dict[str, object]:
    return {
        "rank": rank,
        "player_id": joined["player_id"],
        "nickname": joined["nickname"],
        "points": points,
        "correct": correct,
    }


async def test_the_standings_list_everybody_best_first(world: World, ada: str) -> None:
    made, bob, cy, di = await played(world, ada)
    page = await world.call("GET", f"/sessions/{made['id']}/standings", token=made["host_token"])
    assert page.json == {"total": 3, "items": [line(1, bob, 1000, 1), line(2, cy, 750, 1), line(3, di, 0, 0)]}


async def test_the_standings_come_in_stretches(world: World, ada: str) -> None:
    made, _bob, cy, _di = await played(world, ada)
    path = f"/sessions/{made['id']}/standings"
    page = await world.call("GET", f"{path}?limit=1&offset=1", token=made["host_token"])
    assert page.json == {"total": 3, "items": [line(2, cy, 750, 1)]}
    beyond = await world.call("GET", f"{path}?limit=500&offset=3", token=made["host_token"])
    assert beyond.json == {"total": 3, "items": []}


async def test_reports_are_for_the_host_and_for_the_quiz_master_whose_session_it_is(
    world: World, ada: str, eve: str
) -> None:
    made, bob, *_ = await played(world, ada)
    other = await world.make_session(ada)
    for path in (
        f"/sessions/{made['id']}/standings",
        f"/sessions/{made['id']}/results?format=json",
        f"/sessions/{made['id']}/report",
        f"/sessions/{made['id']}/players/{bob['player_id']}/answers",
    ):
        for token, status in (
            (made["host_token"], 200),
            (ada, 200),
            (eve, 403),
            (other["host_token"], 403),
            (made["screen_token"], 403),
            (bob["token"], 403),
            (None, 401),
            ("rubbish", 401),
        ):
            assert (await world.call("GET", path, token=token)).status == status, path


async def test_a_quiz_master_gets_404_for_a_session_that_does_not_exist(world: World, ada: str) -> None:
    for path in ("standings", "results?format=json", "report", "players/nobody/answers"):
        assert (await world.call("GET", f"/sessions/nosuchsession/{path}", token=ada)).status == 404


async def test_the_token_of_a_session_that_is_gone_opens_nothing(world: World) -> None:
    token = world.tokens.for_seat(Seat(SessionId("gone"), Role.HOST), world.in_hours(1))
    assert (await world.call("GET", "/sessions/gone/standings", token=token)).status == 404


async def results(world: World, made: Any) -> tuple[Any, list[Any]]:
    saved = await world.call("GET", f"/sessions/{made['id']}/results?format=json", token=made["host_token"])
    assert saved.status == 200, saved.body
    assert int(saved.headers["Content-Length"]) == len(saved.body)
    return saved.json, saved.json["answers"]


async def test_results_tell_every_answer_in_words_with_what_it_earned(world: World, ada: str) -> None:
    made, bob, cy, di = await played(world, ada)
    head, rows = await results(world, made)
    assert [(row["player_id"], row["answer"], row["correct"], row["points"], row["response_ms"]) for row in rows] == [
        (bob["player_id"], "Paris", True, 1000, 250),
        (cy["player_id"], "Paris", True, 750, 10_000),
        (di["player_id"], "Lyon", False, 0, 11_000),
    ]
    assert {(row["question"], row["question_text"]) for row in rows} == {(1, "Capital of France?")}
    assert head["title"] == "Capitals & more"
    assert [player["nickname"] for player in head["players"]] == ["Bob", "Cy", "Di"]
    assert [(question["number"], question["correct"]) for question in head["questions"]] == [
        (1, "Paris"),
        (2, "Oslo; Berlin; Rome"),
        (3, "1969"),
    ]


async def test_items_put_in_order_are_told_in_the_order_given(world: World, ada: str) -> None:
    made, bob, *_ = await played(world, ada)
    session = await world.command(made["id"], Next(), Next())
    shown = session.script.shown(2)
    assert shown is not None
    berlin, rome, oslo = (shown.index(place) for place in (1, 2, 0))
    await world.answer(made["id"], bob["player_id"], [berlin, rome, oslo])
    await world.command(made["id"], Close())
    _, rows = await results(world, made)
    assert (rows[-1]["answer"], rows[-1]["correct"]) == ("Berlin; Rome; Oslo", False)


async def test_a_voided_question_is_right_for_nobody_and_earns_nothing(world: World, ada: str) -> None:
    made, *_ = await played(world, ada)
    await world.command(made["id"], Void(1))
    head, rows = await results(world, made)
    assert [(row["correct"], row["points"]) for row in rows] == [(None, 0)] * 3
    assert head["questions"][0]["voided"]


async def test_answers_of_somebody_who_was_removed_stay_in_the_results_but_not_in_the_standings(
    world: World, ada: str
) -> None:
    made, bob, *_ = await played(world, ada)
    await world.command(made["id"], Kick(PlayerId(bob["player_id"])))
    head, rows = await results(world, made)
    assert [(row["nickname"], row["removed"]) for row in rows] == [("Bob", True), ("Cy", False), ("Di", False)]
    assert [player["nickname"] for player in head["players"]] == ["Cy", "Di"]


async def test_results_come_as_a_table_of_commas(world: World, ada: str) -> None:
    made, *_ = await played(world, ada)
    saved = await world.call("GET", f"/sessions/{made['id']}/results?format=csv", token=ada)
    assert saved.headers["Content-Type"].startswith("text/csv")
    _columns, *lines = csv.reader(saved.body.decode("utf-8-sig").splitlines())
    assert [("Bob" in line, "Paris" in line) for line in lines] == [(True, True), (False, True), (False, False)]


async def test_results_come_as_a_workbook(world: World, ada: str) -> None:
    made, *_ = await played(world, ada)
    saved = await world.call("GET", f"/sessions/{made['id']}/results?format=xlsx", token=ada)
    assert saved.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    workbook = load_workbook(BytesIO(saved.body))
    _columns, *lines = workbook["Answers"].iter_rows(values_only=True)
    assert [("Bob" in line, "Paris" in line) for line in lines] == [(True, True), (False, True), (False, False)]


async def test_results_are_saved_under_the_name_of_the_quiz(world: World, ada: str) -> None:
    made = await world.make_session(ada, {**SMALL, "title": 'Ä "quoted"\\ / title'})
    saved = await world.call("GET", f"/sessions/{made['id']}/results?format=json", token=ada)
    assert saved.headers["Content-Disposition"] == (
        'attachment; filename="_ _quoted_ _ title - results.json"; '
        "filename*=UTF-8''%C3%84%20%22quoted%22%5C%20%2F%20title%20-%20results.json"
    )


SMALL = {
    "title": "Small",
    "rounds": [
        {"title": "R", "questions": [{"type": "numeric", "text": "How many?", "answer": 2.5, "tolerance": 0.5}]}
    ],
}


async def test_thousands_of_answers_all_arrive(world: World, ada: str) -> None:
    made = await world.make_session(ada, SMALL)
    players = [(await world.join(made["pin"], f"Player {number}"))["player_id"] for number in range(50)]
    await world.command(made["id"], Start())
    for player_id in players:
        await world.answer(made["id"], player_id, 2.75)
    _, rows = await results(world, made)
    assert sorted(row["player_id"] for row in rows) == sorted(players)
    assert {row["answer"] for row in rows} == {2.75}


@pytest.mark.parametrize("name", ["pdf", "", "JSON"])
async def test_a_format_that_does_not_exist_is_refused(world: World, ada: str, name: str) -> None:
    made = await world.make_session(ada)
    refused = await world.call("GET", f"/sessions/{made['id']}/results?format={name}", token=ada)
    assert (refused.code, list(refused.json["error"]["fields"])) == ("invalid", ["format"])


async def test_a_client_that_leaves_while_results_are_sent_troubles_nobody(
    world: World, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await world.make_session(ada)
    sending = asyncio.Event()

    async def results(by: Staff, session_id: SessionId, format_name: str, file: BinaryIO) -> ResultsWritten:
        file.write(b" " * 50_000_000)
        sending.set()
        return ResultsWritten("Large", FileKind("application/json", "json"))

    monkeypatch.setattr(world.services.reports, "results", results)
    request = (
        f"GET /api/v1/sessions/{made['id']}/results?format=json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada}"
    )
    with capture_logs() as logs:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.http.port)
        writer.write(f"{request}\r\n\r\n".encode())
        await sending.wait()
        assert await reader.readexactly(12) == b"HTTP/1.1 200"
        writer.transport.abort()
        await world.call("GET", "/quizzes", token=ada)
    assert logs == []


async def report(world: World, made: Any) -> Any:
    told = await world.call("GET", f"/sessions/{made['id']}/report", token=made["host_token"])
    assert told.status == 200, told.body
    return told.json


async def test_a_report_tells_how_each_question_went_and_which_were_not_asked(world: World, ada: str) -> None:
    made, *_ = await played(world, ada)
    told = await report(world, made)
    assert (told["title"], told["pin"]) == ("Capitals & more", made["pin"])
    assert told["started_at"] <= world.clock.now()
    assert (told["players"], told["asked"], told["answers"], told["finished_at"]) == (3, 1, 3, None)
    assert told["right_share"] == pytest.approx(2 / 3)
    capital, order, landing = told["questions"]
    assert (capital["choices"], capital["correct"], capital["counts"]) == (["Paris", "Lyon"], [0], [2, 1])
    assert (capital["round"], capital["asked"], capital["answered"]) == ("Europe", True, 3)
    assert capital["mean_response_ms"] == pytest.approx((250 + 10_000 + 11_000) / 3)
    assert (capital["median_response_ms"], capital["points_mean"]) == (10_000, pytest.approx(1750 / 3))
    assert (order["asked"], order["correct"], order["answered"]) == (False, ["Oslo", "Berlin", "Rome"], 0)
    assert (landing["asked"], landing["correct"], landing["right_share"]) == (False, 1969, None)


async def test_a_report_counts_what_is_closed_and_says_when_the_game_was_over(world: World, ada: str) -> None:
    made, bob, *_ = await played(world, ada)
    await world.command(made["id"], Next(), Next())
    await world.answer(made["id"], bob["player_id"], [0, 1, 2])
    assert [question["answered"] for question in (await report(world, made))["questions"]] == [3, 0, 0]
    await world.command(made["id"], End())
    told = await report(world, made)
    assert (told["asked"], told["answers"], told["finished_at"]) == (2, 4, world.clock.now())


async def test_a_report_leaves_out_who_was_removed_and_shares_of_void_questions(world: World, ada: str) -> None:
    made, bob, *_ = await played(world, ada)
    await world.command(made["id"], Kick(PlayerId(bob["player_id"])), Void(1))
    told = await report(world, made)
    capital = told["questions"][0]
    assert (told["players"], told["right_share"]) == (2, None)
    assert (capital["counts"], capital["right_share"], capital["voided"]) == ([1, 1], None, True)


class SeenCount(ReportCount):
    """Remembers in which thread it counted how many answers at once."""

    seen: ClassVar[list[tuple[int, int]]] = []

    def add(self, answers: Sequence[StoredAnswer]) -> None:
        self.seen.append((threading.get_ident(), len(answers)))
        super().add(answers)


async def test_answers_are_counted_in_batches_and_outside_the_event_loop(
    world: World, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quiz.game.reports.ReportCount", SeenCount)
    monkeypatch.setattr("quiz.game.reports._BATCH", 2)
    made, *_ = await played(world, ada)
    SeenCount.seen.clear()
    assert (await report(world, made))["answers"] == 3
    assert [size for _, size in SeenCount.seen] == [2, 1]
    assert threading.get_ident() not in {thread for thread, _ in SeenCount.seen}


async def answers_of(world: World, made: Any, joined: Any) -> Any:
    path = f"/sessions/{made['id']}/players/{joined['player_id']}/answers"
    told = await world.call("GET", path, token=made["host_token"])
    assert told.status == 200, told.body
    return told.json


async def test_one_players_answers_are_told_in_words_with_place_and_points(world: World, ada: str) -> None:
    made, bob, cy, _ = await played(world, ada)
    assert await answers_of(world, made, cy) == {
        "player_id": cy["player_id"],
        "nickname": "Cy",
        "rank": 2,
        "points": 750,
        "correct": 1,
        "answers": [
            {
                "question": 1,
                "text": "Capital of France?",
                "answer": "Paris",
                "correct": True,
                "points": 750,
                "response_ms": 10_000,
            }
        ],
    }
    await world.command(made["id"], Next(), Next())
    await world.answer(made["id"], bob["player_id"], [0, 1, 2])
    assert len((await answers_of(world, made, bob))["answers"]) == 1, "the open question is nobody's business yet"
    await world.command(made["id"], Void(1), Close())
    answers = (await answers_of(world, made, bob))["answers"]
    assert [each["question"] for each in answers] == [1, 2]
    assert (answers[0]["correct"], answers[0]["points"]) == (None, 0)


async def test_who_was_removed_has_answers_but_no_place(world: World, ada: str) -> None:
    made, bob, *_ = await played(world, ada)
    await world.command(made["id"], Kick(PlayerId(bob["player_id"])))
    told = await answers_of(world, made, bob)
    assert (told["nickname"], told["rank"], told["points"], told["correct"]) == ("Bob", None, 0, 0)
    assert [(each["answer"], each["points"]) for each in told["answers"]] == [("Paris", 1000)]


async def test_nobody_is_found_who_never_sat_in_this_session(world: World, ada: str) -> None:
    made, bob, *_ = await played(world, ada)
    other = await world.make_session(ada)
    for path in (
        f"/sessions/{made['id']}/players/nobody/answers",
        f"/sessions/{made['id']}/players/%F0%9F%98%80/answers",
        f"/sessions/{other['id']}/players/{bob['player_id']}/answers",
    ):
        assert (await world.call("GET", path, token=ada)).status == 404
