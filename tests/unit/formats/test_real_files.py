"""The importers on files that other people wrote, where those lie beside the project."""

import time
from collections import defaultdict
from pathlib import Path

import pytest

from quiz.domain.quiz import ChoiceQuestion
from quiz.formats import Imported, guess_format, import_quiz

PROJECT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").exists())
DATA = PROJECT.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no real quiz files in {DATA}")

TRIVIA = {
    "for-kids": (751, dict.fromkeys((4761, 4769, 4777, 4785, 4816, 4824, 4832, 4838), "same question")),
    "geography": (840, dict.fromkeys((2009, 4376), "say the same")),
    "science-technology": (2483, {2313: "damaged", 7923: "say the same", 12068: "say the same"}),
}
"""How many questions of each file are good, and which entries, by line, are not and why; looked through by hand."""


def trivia(name: str) -> tuple[bytes, Imported]:
    data = (DATA / "opentriviaqa" / f"{name}.txt").read_bytes()
    return data, import_quiz(data, "opentriviaqa")


@pytest.mark.parametrize("name", TRIVIA)
def test_of_a_trivia_file_all_good_entries_come_in_and_no_other(name: str) -> None:
    data, imported = trivia(name)
    count, bad = TRIVIA[name]
    assert imported.imported == len(imported.quiz.questions) == count
    assert [skipped.line for skipped in imported.skipped] == list(bad)
    assert all(words in skipped.reason for skipped, words in zip(imported.skipped, bad.values(), strict=True))
    assert data.count(b"#Q ") == count + len(bad)


@pytest.mark.parametrize("name", TRIVIA)
def test_every_imported_answer_is_the_one_that_the_file_marks_for_its_question(name: str) -> None:
    data, imported = trivia(name)
    marked = defaultdict(set)
    for entry in data.split(b"#Q")[1:]:
        text, _, rest = entry.partition(b"\n^")
        marked[_plain(text)].add(_plain(rest.splitlines()[0]))
    for question in imported.quiz.questions:
        assert isinstance(question, ChoiceQuestion)
        [right] = [choice.text for choice in question.choices if choice.correct]
        assert {_plain(right.encode())} == marked[_plain(question.text.encode())]


@pytest.mark.parametrize("name", TRIVIA)
def test_no_question_has_equal_choices_or_letter_salad(name: str) -> None:
    for question in trivia(name)[1].quiz.questions:
        assert isinstance(question, ChoiceQuestion)
        choices = [_plain(choice.text.encode()) for choice in question.choices]
        assert len(set(choices)) == len(choices)
        shown = question.text + "".join(choice.text for choice in question.choices)
        assert not any(char in "\ufffd\r" or "\x80" <= char <= "\x9f" for char in shown)


def test_two_and_a_half_thousand_questions_import_in_under_five_seconds() -> None:
    begun = time.perf_counter()
    trivia("science-technology")
    assert time.perf_counter() - begun < 5


def test_the_template_that_kahoot_gives_out_comes_in_with_its_example() -> None:
    data = (DATA / "kahoot" / "template.xlsx").read_bytes()
    assert guess_format("template.xlsx", data) == "kahoot_xlsx"
    imported = import_quiz(data, "kahoot_xlsx")
    [question] = imported.quiz.questions
    assert isinstance(question, ChoiceQuestion)
    assert (question.multiple, question.time_limit) == (True, 60)
    assert [choice.correct for choice in question.choices] == [True] * 4
    assert imported.skipped == ()


@pytest.mark.parametrize("name", TRIVIA)
def test_trivia_files_are_recognised(name: str) -> None:
    assert guess_format(f"{name}.txt", trivia(name)[0]) == "opentriviaqa"


def _plain(text: bytes) -> bytes:
    return b" ".join(text.split()).lower()
