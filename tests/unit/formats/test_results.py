import csv
import gc
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from quiz.domain.ids import Millis, Pin, PlayerId
from quiz.formats.results_files import FormatResults
from quiz.formats.results_xlsx import XlsxResults
from quiz.game.files import AnswerRow, PlayerRow, QuestionRow, ResultFiles, ResultsHead

RISKY = (
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20a",
    " =1",
    "\u200b=1",
    "#N/A",
    "#REF!",
)
FILES: ResultFiles = FormatResults()


def answer(nickname: str = "Ann", given: str | float = "Paris", **more: Any) -> AnswerRow:
    row: dict[str, Any] = {
        "question": 1,
        "question_text": "Capital of France?",
        "player_id": PlayerId("p1"),
        "nickname": nickname,
        "answer": given,
        "correct": True,
        "points": 950,
        "response_ms": Millis(1234),
        "received_at": Millis(1_700_000_000_045),
    }
    return AnswerRow(**(row | more))


def head(nickname: str = "Ann", text: str = "Capital of France?") -> ResultsHead:
    return ResultsHead(
        title="Quiz night",
        pin=Pin("1234567"),
        started_at=Millis(1_700_000_000_000),
        questions=[
            QuestionRow(number=1, round="One", type="choice", text=text, correct="Paris", points=1000),
            QuestionRow(number=2, round="One", type="poll", text="Tea?", correct="", points=0, voided=True),
        ],
        players=[
            PlayerRow(
                rank=1, player_id=PlayerId("p1"), nickname=nickname, points=950, correct=1, response_ms=Millis(1234)
            )
        ],
    )


def written(format_name: str, *batches: Sequence[AnswerRow], about: ResultsHead | None = None) -> bytes:
    file = io.BytesIO()
    results = FILES.begin(format_name, about or head(), file)
    for batch in batches:
        results.add(batch)
    results.close()
    assert not file.closed
    return file.getvalue()


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def workbook(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def sheet_rows(data: bytes, name: str) -> list[dict[str, object]]:
    columns, *rows = workbook(data)[name].iter_rows(values_only=True)
    return [dict(zip(map(str, columns), row, strict=True)) for row in rows]


def texts(format_name: str, data: bytes) -> list[str]:
    if format_name == "csv":
        return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    cells = (cell for sheet in workbook(data) for row in sheet.iter_rows() for cell in row)
    assert all(cell.data_type in {"s", "n"} for row in workbook(data)["Answers"].iter_rows() for cell in row)
    return [cell.value for cell in cells if isinstance(cell.value, str)]


def test_json_holds_the_head_and_every_answer_of_every_batch() -> None:
    document = json.loads(written("json", [answer(), answer("Bob")], [], [answer("Cid", 5, correct=None)]))
    assert (document["title"], document["pin"], document["started_at"]) == ("Quiz night", "1234567", 1_700_000_000_000)
    assert [row["number"] for row in document["questions"]] == [1, 2]
    assert [row["nickname"] for row in document["players"]] == ["Ann"]
    assert [(row["nickname"], row["answer"], row["correct"]) for row in document["answers"]] == [
        ("Ann", "Paris", True),
        ("Bob", "Paris", True),
        ("Cid", 5, None),
    ]


@pytest.mark.parametrize("format_name", ["json", "csv", "xlsx"])
def test_a_session_without_answers_is_written_too(format_name: str) -> None:
    data = written(format_name)
    match format_name:
        case "json":
            assert json.loads(data)["answers"] == []
        case "csv":
            assert csv_rows(data) == []
        case _:
            assert sheet_rows(data, "Answers") == []


def test_csv_has_a_row_an_answer_and_a_byte_order_mark_for_excel() -> None:
    data = written("csv", [answer("Zoë")], [answer("Bob", -2.5, correct=False, points=0, removed=True)])
    assert data.startswith(b"\xef\xbb\xbfnickname,")
    zoe, bob = csv_rows(data)
    assert zoe == {
        "nickname": "Zoë",
        "player id": "p1",
        "removed": "no",
        "question": "1",
        "question text": "Capital of France?",
        "answer": "Paris",
        "correct": "yes",
        "points": "950",
        "response ms": "1234",
        "received at": "2023-11-14T22:13:20.045Z",
    }
    assert (bob["answer"], bob["correct"], bob["removed"]) == ("-2.5", "no", "yes")


def test_xlsx_has_sheets_for_players_questions_and_answers_with_headers_that_stay_in_view() -> None:
    data = written("xlsx", [answer("Bob", 5, correct=None)])
    book = workbook(data)
    assert book.sheetnames == ["Players", "Questions", "Answers"]
    assert [sheet.freeze_panes for sheet in book] == ["A2", "A2", "A2"]
    [player] = sheet_rows(data, "Players")
    assert (player["rank"], player["nickname"], player["points"], player["correct"]) == (1, "Ann", 950, 1)
    assert [(row["question"], row["voided"]) for row in sheet_rows(data, "Questions")] == [(1, "no"), (2, "yes")]
    [row] = sheet_rows(data, "Answers")
    assert (row["nickname"], row["answer"], row["correct"], row["points"]) == ("Bob", 5, None, 950)


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
@pytest.mark.parametrize("text", RISKY)
def test_what_players_type_is_never_a_formula(format_name: str, text: str) -> None:
    data = written(format_name, [answer(text, text, question_text=text)], about=head(text, text))
    # Line ends of a cell are the file's business: they come back as line feeds.
    expected = "'" + text.replace("\r", "\n")
    found = [cell.replace("\r", "\n") for cell in texts(format_name, data)]
    assert found.count(expected) == {"csv": 3, "xlsx": 5}[format_name]
    assert not any(cell.startswith(text[0]) for cell in found)


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
def test_numbers_stay_numbers_even_below_zero(format_name: str) -> None:
    data = written(format_name, [answer(given=-3)])
    row = csv_rows(data)[0] if format_name == "csv" else sheet_rows(data, "Answers")[0]
    assert row["answer"] in ("-3", -3)


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
def test_characters_that_no_sheet_can_hold_are_replaced(format_name: str) -> None:
    data = written(format_name, [answer("a\x00\x07\x1b\ud800\uffffb")])
    assert "a" + "\ufffd" * 5 + "b" in texts(format_name, data)


def test_text_that_a_workbook_would_read_as_an_escaped_character_is_kept() -> None:
    row = sheet_rows(written("xlsx", [answer("_x003D_1")]), "Answers")[0]
    assert row["nickname"] == "_x005F_x003D_1"


def test_answers_beyond_one_sheet_go_on_in_the_next() -> None:
    file = io.BytesIO()
    results = XlsxResults(head(), file, rows_max=3)
    for number in range(5):
        results.add([answer(f"player {number}")])
    results.close()
    names = ["Answers", "Answers 2", "Answers 3"]
    assert workbook(file.getvalue()).sheetnames == ["Players", "Questions", *names]
    rows = [[row["nickname"] for row in sheet_rows(file.getvalue(), name)] for name in names]
    assert rows == [["player 0", "player 1"], ["player 2", "player 3"], ["player 4"]]


@pytest.mark.parametrize("format_name", ["json", "csv", "xlsx"])
def test_a_file_that_is_given_up_half_way_leaves_nothing_behind(
    format_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("quiz.formats.results_xlsx.SPOOL_BYTES", 10)
    results = FILES.begin(format_name, head(), io.BytesIO())
    results.add([answer()])
    del results
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_each_format_says_how_its_files_travel() -> None:
    assert {name: FILES.kind(name).suffix for name in FILES.writable} == {"json": "json", "csv": "csv", "xlsx": "xlsx"}
    assert all("/" in FILES.kind(name).media_type for name in FILES.writable)
