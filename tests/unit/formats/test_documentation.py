"""What docs/formats.md shows must work."""

import re
from pathlib import Path

from quiz.formats import import_quiz
from quiz.formats.csv_columns import AFTER_ANSWERS, BEFORE_ANSWERS
from quiz.formats.registry import FormatName

PROJECT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").exists())
PAGE = (PROJECT / "docs" / "formats.md").read_text(encoding="utf-8")


def block(after: str) -> bytes:
    """The first block of code below a heading."""
    found = re.search(r"```\w*\n(.*?)```", PAGE.partition(f"## {after}")[2], re.DOTALL)
    assert found
    return found[1].encode()


def test_the_csv_example_is_a_quiz_of_two_questions() -> None:
    imported = import_quiz(block("CSV"), "csv")
    assert (imported.imported, imported.skipped) == (2, ())


def test_the_trivia_example_is_a_question() -> None:
    imported = import_quiz(block("OpenTriviaQA"), "opentriviaqa")
    assert (imported.imported, imported.skipped) == (1, ())


def test_every_column_is_documented() -> None:
    table = PAGE.partition("## CSV")[2].partition("Only `question`")[0]
    documented = set(re.findall(r"`([a-z ]+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE))))
    assert documented == {*BEFORE_ANSWERS, *AFTER_ANSWERS}


def test_the_gift_examples_come_in_as_the_type_they_stand_beside() -> None:
    rows = re.findall(r"^\| `(choice|numeric|text)` \| (.*) \|$", PAGE.partition("## GIFT")[2], re.MULTILINE)
    assert [kind for kind, _ in rows] == ["choice", "numeric", "text"]
    name: FormatName = "gift"
    for kind, examples in rows:
        for answers in re.findall(r"`(\{.*?\})`", examples):
            [question] = import_quiz(f"Well?{answers}".encode(), name).quiz.questions
            assert question.kind == kind
