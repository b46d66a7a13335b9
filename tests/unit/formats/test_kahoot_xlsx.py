import struct
import zipfile
from datetime import datetime

import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from quiz.domain.quiz import Choice, ChoiceQuestion
from quiz.formats import Imported, NotThisFormat, import_quiz
from quiz.formats.workbook import UNPACKED_MAX
from tests.unit.formats.workbooks import FIRST_ROW, kahoot, repacked

GOOD = ("Which animal barks?", "Dog", "Cat", None, None, 20, 1)


def read(data: bytes) -> Imported:
    return import_quiz(data, "kahoot_xlsx")


def first(data: bytes) -> ChoiceQuestion:
    question = read(data).quiz.questions[0]
    assert isinstance(question, ChoiceQuestion)
    return question


def only_reason(*row: object) -> str:
    imported = read(kahoot(row, GOOD))
    assert imported.imported == 1
    [skipped] = imported.skipped
    assert skipped.line == FIRST_ROW
    return skipped.reason


def test_a_filled_in_template_becomes_a_quiz() -> None:
    imported = read(kahoot(GOOD, ("Which are colours?", "Red", "Square", "Blue", "Loud", 60, "1,3")))

    assert imported.skipped == ()
    assert imported.quiz.questions == (
        ChoiceQuestion(text="Which animal barks?", choices=(Choice("Dog", True), Choice("Cat")), time_limit=20),
        ChoiceQuestion(
            text="Which are colours?",
            choices=(Choice("Red", True), Choice("Square"), Choice("Blue", True), Choice("Loud")),
            multiple=True,
            time_limit=60,
        ),
    )


def test_numbers_of_right_answers_mean_columns_even_where_cells_between_are_empty() -> None:
    question = first(kahoot(("Who?", "Ann", None, " ", "Bob", 20, 4)))
    assert question.choices == (Choice("Ann"), Choice("Bob", True))


@pytest.mark.parametrize("cell", [2, 2.0, "2", "2.0", " 2 ", "2,"])
def test_the_right_answer_may_be_a_number_or_a_text(cell: object) -> None:
    assert first(kahoot(("Who?", "Ann", "Bob", None, None, 20, cell))).choices[1].correct


@pytest.mark.parametrize("cell", ["1,3", "3, 1", "1;3", "1 3", "1/3"])
def test_several_right_answers_make_a_question_with_multiple_picks(cell: str) -> None:
    question = first(kahoot(("Who?", "Ann", "Bob", "Cid", None, 20, cell)))
    assert question.multiple
    assert [choice.correct for choice in question.choices] == [True, False, True]


@pytest.mark.parametrize(("cell", "seconds"), [(5, 5), (240, 240), ("30", 30), (10.0, 10), ("20 sec", 20), (None, 20)])
def test_the_time_limit_is_taken_over(cell: object, seconds: int) -> None:
    assert first(kahoot(("Who?", "Ann", "Bob", None, None, cell, 1))).time_limit == seconds


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("Who?", "Ann", "Bob", None, None, 20, None), "No correct answer"),
        (("Who?", "Ann", "Bob", None, None, 20, 3), "Answer 3 is given as correct, but is empty"),
        (("Who?", "Ann", "Bob", None, None, 20, 12), "Answer 12"),
        (("Who?", "Ann", "Bob", None, None, 20, 1.2), "does not say which"),
        (("Who?", "Ann", "Bob", None, None, 20, "Ann"), "does not say which"),
        (("Who?", "Ann", "Bob", None, None, 20, "1,1"), "twice"),
        (("Who?", "Ann", "Bob", None, None, 4, 1), "5 to 300"),
        (("Who?", "Ann", "Bob", None, None, "soon", 1), "not a time limit"),
        (("Who?", "Ann", None, None, None, 20, 1), "2 to 8"),
        (("Who?", "Ann", "Ann", None, None, 20, 1), "says the same"),
        ((None, "Ann", "Bob", None, None, 20, 1), "The question is empty"),
        (("x" * 501, "Ann", "Bob", None, None, 20, 1), "at most 500"),
        (("Who?", datetime(2020, 1, 1), "Bob", None, None, 20, 1), "date"),  # noqa: DTZ001 - sheets have no time zone
        (("Who?", "#REF!", "Bob", None, None, 20, 1), "error"),
        (("Who is cafÃ©?", "Ann", "Bob", None, None, 20, 1), "damaged"),
        (("Who?", "A_x0007_n", "Bob", None, None, 20, 1), "cannot be shown"),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_with_its_row_number(row: tuple[object, ...], reason: str) -> None:
    assert reason in only_reason(*row)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.25, "0%", "25%"),
        (0.285, "0%", "29%"),
        (0.125, "0.0%", "12.5%"),
        (1234567, "#,##0", "1,234,567"),
        (3.14159, "0.00", "3.14"),
        (1969, "General", "1969"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "General", "TRUE"),
        (0, "General", "0"),
    ],
)
def test_an_answer_reads_as_its_cell_shows_it(value: object, number_format: str, text: str) -> None:
    def touch(sheet: Worksheet) -> None:
        sheet.cell(FIRST_ROW, 3).number_format = number_format

    assert first(kahoot(("Who?", value, "Bob", None, None, 20, 1), touch=touch)).choices[0].text == text


def test_an_answer_in_a_number_format_of_its_own_is_skipped() -> None:
    def touch(sheet: Worksheet) -> None:
        sheet.cell(FIRST_ROW, 3).number_format = '0.00 "kg"'

    imported = read(kahoot(("Who?", 5, "Bob", None, None, 20, 1), GOOD, touch=touch))
    assert "format of its own" in imported.skipped[0].reason


def test_blank_rows_and_a_wrong_size_in_the_sheet_do_no_harm() -> None:
    data = kahoot((None,) * 7, GOOD, (" ",) * 7, ("Who?", "Ann", "Bob", None, None, 20, 2))
    broken = repacked(data, lambda name, content: content.replace(b'ref="A1:H10"', b'ref="A1"'))
    assert broken != data
    imported = read(broken)
    assert (imported.imported, imported.skipped) == (2, ())


def test_the_header_is_found_on_whichever_sheet_it_stands() -> None:
    def touch(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.create_sheet("Notes", 0).append(["Nothing to see here"])

    assert read(kahoot(GOOD, touch=touch)).imported == 1


def test_warnings_about_what_a_workbook_also_holds_stay_inside() -> None:
    extension = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'

    def touch(sheet: Worksheet) -> None:
        sheet.add_data_validation(DataValidation("list", formula1='"5,10,20"'))

    data = repacked(kahoot(GOOD, touch=touch), lambda _, content: content.replace(b"</worksheet>", extension))
    assert read(data).imported == 1


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"PK\x03\x04 and then nothing of the kind", id="only begins like a zip archive"),
        pytest.param(kahoot(GOOD)[:-200], id="cut short at the end"),
        pytest.param(kahoot(GOOD)[:1000], id="cut short early"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), id="old or with a password"),
        pytest.param(b"Question,Answer 1,Answer 2,Correct", id="text"),
        pytest.param(bytes(range(256)) * 4, id="binary"),
        pytest.param(repacked(kahoot(GOOD), lambda _, content: content[: len(content) // 2]), id="halved parts"),
        pytest.param(repacked(kahoot(GOOD), lambda _, content: content, zipfile.ZIP_BZIP2), id="bzip2"),
        pytest.param(repacked(kahoot(GOOD), lambda _, content: content.replace(b'r="', b'r="x')), id="odd addresses"),
    ],
)
def test_what_is_no_sound_workbook_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        read(data)


def test_an_encrypted_part_is_refused() -> None:
    data = bytearray(kahoot(GOOD))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        struct.pack_into("<H", data, at + offset, 1)
    with pytest.raises(NotThisFormat, match="encrypted"):
        read(bytes(data))


def test_a_workbook_without_the_template_s_header_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="template"):
        read(repacked(kahoot(GOOD), lambda _, content: content.replace(b"Correct answer", b"Whatever")))


def test_a_template_without_questions_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="no questions"):
        read(kahoot())


def test_a_part_that_unpacks_to_too_much_is_refused_before_it_is_parsed() -> None:
    bomb = repacked(kahoot(GOOD), lambda name, part: part + b" " * UNPACKED_MAX if "sheet1" in name else part)
    assert len(bomb) < 100_000
    with pytest.raises(NotThisFormat, match="too large"):
        read(bomb)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_xml_entities_are_refused(codec: str) -> None:
    def laugh(name: str, content: bytes) -> bytes:
        if "sheet1" not in name:
            return content
        bare = content.decode().partition("?>")[2] if content.startswith(b"<?xml") else content.decode()
        return f'<?xml version="1.0" encoding="{codec}"?><!DOCTYPE a [<!ENTITY b "ha">]>{bare}'.encode(codec)

    with pytest.raises(NotThisFormat, match="entities"):
        read(repacked(kahoot(GOOD), laugh))


def test_a_row_far_down_does_not_make_the_import_walk_there() -> None:
    def touch(sheet: Worksheet) -> None:
        sheet.cell(1_048_576, 2, "far away")
        sheet.cell(FIRST_ROW, 16_384, "far right")

    imported = read(kahoot(GOOD, touch=touch))
    assert imported.imported == 1


def test_rows_after_the_last_one_read_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = FIRST_ROW
    monkeypatch.setattr("quiz.formats.workbook.ROWS_MAX", limit)
    monkeypatch.setattr("quiz.formats.kahoot_xlsx.ROWS_MAX", limit)
    imported = read(kahoot(GOOD, ("Who?", "Ann", "Bob", None, None, 20, 2)))
    assert imported.imported == 1
    assert "are not read" in imported.skipped[0].reason
