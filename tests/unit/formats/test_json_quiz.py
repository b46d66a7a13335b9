import json
from typing import Any

import pytest

from quiz.domain.quiz import Quiz
from quiz.domain.validation import read_quiz
from quiz.formats import Imported, NotThisFormat, export_quiz, import_quiz

Json = dict[str, Any]

GOOD: Json = {"type": "text", "text": "What?", "accepted": ["this"]}


def read(document: object, indent: int | None = None) -> Imported:
    return import_quiz(json.dumps(document, indent=indent).encode(), "json")


def quiz(*questions: object, **more: object) -> Json:
    return {"title": "T", "rounds": [{"title": "R", "questions": list(questions)}], **more}


def test_a_document_comes_in_as_it_is() -> None:
    imported = read(quiz(GOOD, GOOD, language="is"))
    assert imported.quiz == read_quiz(quiz(GOOD, GOOD, language="is"))
    assert (imported.quiz.title, imported.quiz.language) == ("T", "is")
    assert (imported.imported, imported.skipped) == (2, ())


def test_a_broken_question_is_skipped_with_the_line_it_begins_in() -> None:
    text = json.dumps(quiz(GOOD, {"type": "text", "text": ""}, "no question", GOOD), indent=1)
    line = next(number for number, text in enumerate(text.split("\n"), start=1) if "no question" in text)
    imported = import_quiz(text.encode(), "json")
    assert imported.imported == 2
    assert [skipped.line for skipped in imported.skipped] == [line - 4, line]
    assert "should be an object" in imported.skipped[1].reason


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ({**GOOD, "colour": "red"}, "colour"),
        ({**GOOD, "type": "riddle"}, "riddle"),
        ({**GOOD, "type": "\ud800"}, "cannot be shown"),
        ({**GOOD, "text": "\ud800"}, "cannot be shown"),
        ({**GOOD, "points": 1e400}, ""),
        ({"type": "numeric", "text": "?", "answer": 10**400}, "number"),
        (None, "object"),
    ],
)
def test_a_question_against_the_rules_is_skipped(question: object, reason: str) -> None:
    text = json.dumps(quiz(GOOD, question)).replace("Infinity", "1e400")
    imported = import_quiz(text.encode(), "json")
    assert imported.imported == 1
    assert reason in imported.skipped[0].reason
    imported.skipped[0].reason.encode()


def test_what_is_wrong_around_the_questions_is_reported_and_the_questions_come_in() -> None:
    imported = read(
        {
            "title": 5,
            "language": "no such tag",
            "author": "me",
            "rounds": [
                {"title": "R", "questions": [GOOD], "colour": "red"},
                {"title": "", "questions": [GOOD]},
                {"questions": [GOOD]},
                {"title": "Empty", "questions": []},
                {"title": "None"},
                "no round",
            ],
        }
    )
    assert [round_.title for round_ in imported.quiz.rounds] == ["R", "Round 2", "Round 3"]
    assert (imported.quiz.title, imported.quiz.language) == ("Imported quiz", "en")
    reasons = " ".join(skipped.reason for skipped in imported.skipped)
    for words in ("title of the quiz", "author", "language", "colour", "The round", "Round 3", "Round 4", "Round 5"):
        assert words in reasons
    assert len(imported.skipped) == 9


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{\n "title": "T",\n "rounds": [}', "line 3, column 13"),
        (b'{"title": "T"', "line 1, column 14"),
        (b'{"title": "\xff"}', "line 1 is not UTF-8"),
        (b'{"rounds": NaN}', "number"),
        (b'{"rounds": ' + b"9" * 5000 + b"}", "number"),
        (b"[" * 200_000, "nests too deep"),
        (b"[]", "not a quiz"),
        (b'{"rounds": {}}', "not a quiz"),
        (b'{"rounds": []}', "no questions"),
        (b"#Q Who?", "line 1, column 1"),
    ],
)
def test_what_is_no_quiz_is_refused_as_a_whole(data: bytes, words: str) -> None:
    with pytest.raises(NotThisFormat, match=words):
        import_quiz(data, "json")


def test_an_export_can_be_read_line_by_line_and_comes_back() -> None:
    document: Quiz = read(quiz(GOOD)).quiz
    exported = export_quiz(document, "json")
    assert exported.count(b"\n") > 5
    assert b'"time_limit": 20' in exported
    assert import_quiz(exported, "json").quiz == document
