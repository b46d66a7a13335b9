import csv
import io
from typing import get_args

import pytest

from quiz.domain.quiz import QUESTIONS_MAX, ROUNDS_MAX, Quiz
from quiz.domain.validation import InvalidQuiz
from quiz.formats import FormatName, NotThisFormat, export_quiz, guess_format, import_quiz
from quiz.formats.decoding import LINES_MAX
from quiz.formats.entries import ENTRIES_MAX
from quiz.formats.json_places import ELEMENTS_MAX
from quiz.formats.registry import SIZE_MAX
from quiz.formats.report import LISTED_MAX
from tests.unit.formats.workbooks import kahoot

TRIVIA = b"#Q Who?\n^ Me\nA Me\nB You\n"
FORMATS: tuple[FormatName, ...] = get_args(FormatName)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_of_no_format(format_: FormatName, data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        import_quiz(data, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_too_large_is_refused_unread(format_: FormatName) -> None:
    with pytest.raises(NotThisFormat, match="at most 8 MB"):
        import_quiz(b"x" * (SIZE_MAX + 1), format_)


def test_a_given_title_goes_before_the_one_in_the_file() -> None:
    exported = export_quiz(import_quiz(TRIVIA, "opentriviaqa", "Inside").quiz, "json")
    assert import_quiz(exported, "json").quiz.title == "Inside"
    assert import_quiz(exported, "json", "Outside").quiz.title == "Outside"


def test_a_file_without_a_title_gets_a_general_one() -> None:
    assert import_quiz(TRIVIA, "opentriviaqa").quiz.title == "Imported quiz"


@pytest.mark.parametrize("title", ["", "x" * 201, "a\x00b"])
def test_a_given_title_that_breaks_the_rules_is_told_as_such(title: str) -> None:
    with pytest.raises(InvalidQuiz) as refusal:
        import_quiz(TRIVIA, "opentriviaqa", title)
    assert [problem.field for problem in refusal.value.problems] == ["title"]


def test_questions_beyond_what_a_quiz_holds_are_reported() -> None:
    entries = (f"#Q Number {number}?\n^ Me\nA Me\nB You\n" for number in range(QUESTIONS_MAX + 2))
    imported = import_quiz("".join(entries).encode(), "opentriviaqa")
    assert imported.imported == len(imported.quiz.questions) == QUESTIONS_MAX
    assert [skipped.line for skipped in imported.skipped] == [QUESTIONS_MAX * 4 + 1, QUESTIONS_MAX * 4 + 5]


def test_rounds_beyond_what_a_quiz_holds_are_reported() -> None:
    categories = (f"$CATEGORY: {number}\nIs it {number}?{{T}}\n" for number in range(ROUNDS_MAX + 1))
    imported = import_quiz("".join(categories).encode(), "gift")
    assert len(imported.quiz.rounds) == ROUNDS_MAX
    assert "rounds already" in imported.skipped[0].reason


def test_the_list_of_skipped_entries_does_not_grow_without_end() -> None:
    imported = import_quiz(TRIVIA + b"#Q\n" * (LISTED_MAX + 10), "opentriviaqa")
    assert len(imported.skipped) == LISTED_MAX + 1
    assert imported.skipped[-1].reason == "10 more entries were skipped."


QUESTION = b'{"type": "text", "text": "?", "accepted": ["!"]}'


@pytest.mark.parametrize(
    ("format_", "data"),
    [
        pytest.param("opentriviaqa", TRIVIA + b"#Q\n" * ENTRIES_MAX, id="trivia"),
        pytest.param("gift", b"Is it?{T}\n\n" + b"{\n\n" * ENTRIES_MAX, id="gift"),
        pytest.param("csv", b"question,answer 1,correct,answer 2\n?,a,1,b\n" + b"?,,,\n" * ENTRIES_MAX, id="csv"),
        pytest.param("json", b'{"rounds":[{"questions":[%s%s]}]}' % (QUESTION, b",1" * ENTRIES_MAX), id="json"),
    ],
)
def test_a_file_with_far_too_many_entries_is_not_read_to_its_end(format_: FormatName, data: bytes) -> None:
    imported = import_quiz(data, format_)
    assert imported.imported == 1
    assert "from here on it is not read" in imported.skipped[-1].reason


@pytest.mark.parametrize("format_", ["opentriviaqa", "csv", "gift"])
def test_a_file_with_far_too_many_lines_is_refused_unread(format_: FormatName) -> None:
    with pytest.raises(NotThisFormat, match="at most 200000 lines"):
        import_quiz(b"x" + b"\n" * (LINES_MAX + 1), format_)


def test_a_document_with_far_too_many_elements_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="more than 50000"):
        import_quiz(b'{"rounds":[%s0]}' % (b"[]," * ELEMENTS_MAX), "json")


def test_skipped_entries_are_listed_in_the_order_of_the_file() -> None:
    imported = import_quiz(TRIVIA + b"#Q\n" + TRIVIA + b"#Q\n" + TRIVIA, "opentriviaqa")
    lines = [skipped.line for skipped in imported.skipped]
    assert lines == sorted(lines)
    assert len(lines) == 4


def _csv() -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["question", "answer 1", "answer 2", "correct"], ["?", "a", "b", 1]])
    return text.getvalue().encode()


@pytest.mark.parametrize(
    ("filename", "data", "format_"),
    [
        ("night.xlsx", b"", "kahoot_xlsx"),
        ("night.JSON", b"", "json"),
        ("night.csv", b"", "csv"),
        ("night.tsv", b"", "csv"),
        ("night.gift", b"", "gift"),
        ("night.txt", TRIVIA, "opentriviaqa"),
        ("night.txt", b"Is it?{T}", "gift"),
        ("night.txt", b"::A::Is it?{\n=yes ~no}", "gift"),
        ("night.txt", _csv(), "csv"),
        ("night", kahoot(("?", "a", "b", None, None, 20, 1)), "kahoot_xlsx"),
        ("night", b'\xef\xbb\xbf {"title": "T"}', "json"),
        ("night.txt", b"Dear diary", None),
        ("night.txt", b"", None),
        ("night", bytes(100), None),
    ],
)
def test_the_format_is_guessed_by_name_then_by_content(filename: str, data: bytes, format_: str | None) -> None:
    assert guess_format(filename, data) == format_


def test_every_format_that_is_guessed_by_content_is_one_that_reads_it() -> None:
    quiz: Quiz = import_quiz(TRIVIA, "opentriviaqa").quiz
    for exported in (export_quiz(quiz, "json"), export_quiz(quiz, "csv"), TRIVIA):
        guessed = guess_format("file", exported)
        assert guessed is not None
        assert import_quiz(exported, guessed).quiz.questions == quiz.questions
