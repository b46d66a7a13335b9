from pathlib import Path

import pytest

from quiz.domain.quiz import Choice, ChoiceQuestion
from quiz.formats import Imported, NotThisFormat, import_quiz

SAMPLE = Path(__file__).parents[2] / "samples" / "trivia.txt"


def read(text: str | bytes) -> Imported:
    return import_quiz(text.encode() if isinstance(text, str) else text, "opentriviaqa")


def only_reason(text: str | bytes) -> str:
    """Why the first entry was skipped, in a file that has a good one as well."""
    data = text.encode() if isinstance(text, str) else text
    imported = read(data + b"\n\n#Q A good one?\n^ Yes\nA Yes\nB No\n")
    assert [question.text for question in imported.quiz.questions] == ["A good one?"]
    return imported.skipped[0].reason


def test_of_a_file_with_every_oddity_the_good_entries_get_in_and_the_others_are_named_by_line() -> None:
    imported = read(SAMPLE.read_bytes())

    assert [question.text.partition("\n")[0] for question in imported.quiz.questions] == [
        "Which drink is brewed from leaves?",
        "Finish this line of our song:",
        "Where would you order a café crème?",
        "Water boils at 100 degrees Celsius at sea level.",
        "Is this sentence about a hedgehog?",
        "Which month has 28 days?",
    ]
    assert {skipped.line: skipped.reason for skipped in imported.skipped} == {
        22: "Line 22 has characters that were damaged on the way into this file; type them again.",
        27: "The right answer (^) is not among the choices.",
        33: "Two choices say the same.",
        40: "The same question stands in line 2.",
        46: "There is no line with the right answer (^).",
        50: imported.skipped[5].reason,
        63: "Line 66 should be choice B, but is something else.",
        68: "The text here belongs to no question: a question begins with #Q.",
        70: "Choice B in line 73 is empty.",
        75: imported.skipped[9].reason,
        80: "There are 2 lines with a right answer (^); perhaps a #Q is missing between them.",
    }
    assert "2 to 8" in imported.skipped[5].reason
    assert "at most 500" in imported.skipped[9].reason
    assert imported.imported == 6


def test_lines_of_the_question_may_begin_like_choices_and_may_be_blank() -> None:
    [question] = read("#Q First line,\nA second,\n\nI guess a fourth?\n^ Yes\nA No\nB Yes").quiz.questions
    assert question.text == "First line,\nA second,\n\nI guess a fourth?"


def test_the_right_answer_is_found_whatever_its_case_and_spaces() -> None:
    [question] = read("#Q Who?\n^  the   CAT\nA The Cat \nB The dog").quiz.questions
    assert isinstance(question, ChoiceQuestion)
    assert question.choices == (Choice("The Cat", True), Choice("The dog"))


@pytest.mark.parametrize("order", [("True", "False"), ("False", "True"), ("TRUE", "FALSE")])
@pytest.mark.parametrize("right", ["True", "False"])
def test_a_true_or_false_question_keeps_what_is_true_in_whatever_order(order: tuple[str, str], right: str) -> None:
    [question] = read(f"#Q Is it?\n^ {right}\nA {order[0]}\nB {order[1]}").quiz.questions
    assert isinstance(question, ChoiceQuestion)
    assert [choice.text.lower() for choice in question.choices if choice.correct] == [right.lower()]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("#Q Who?\n^ me\nA Me\nB ME", "say the same"),
        ("#Q Who?\n^\nA Me\nB You", "empty"),
        ("#Q Who?\n^ Me\n^ You\nA Me\nB You", "2 lines"),
        ("#Q Who?\n^ Me\nand who?\nA Me\nB You", "choice A"),
        ("#Q Who?\n^ Me\nA Me\nB You\nas well", "choice C"),
        ("#Q Who?\n^ Me\nA Me\n\nB You", "blank line"),
        ("#Q Who?\n^ Me\nA Me\nB You\n\nC They", "blank line"),
        ("#Q Who?\nA Me\nB You\n^ Me", "not among"),
        ("#Q\n^ Me\nA Me\nB You", "empty"),
        ("#Q Who?\n^ 1\nA 1\nB 2\nC 3\nD 4\nE 5\nF 6\nG 7\nH 8\nI 9", "at most 8"),
        ("#Q Wh\ufffd?\n^ Me\nA Me\nB You", "damaged"),
        ("#Q Who is cafÃ©?\n^ Me\nA Me\nB You", "damaged"),
        ("#Q Who?\n^ Me\nA Me\nB Y\x07ou", "cannot be shown"),
        ("#q Who?\n^ Me\nA Me\nB You", "belongs to no question"),
    ],
)
def test_a_broken_entry_is_skipped_and_told_apart(entry: str, reason: str) -> None:
    assert reason in only_reason(entry)


def test_of_entries_that_contradict_each_other_none_gets_in() -> None:
    both = "#Q Who?\n^ Me\nA Me\nB You\n\n#Q Who?\n^ You\nA You\nB Me\n\n#Q Good?\n^ a\nA a\nB b"
    imported = read(both)
    assert [question.text for question in imported.quiz.questions] == ["Good?"]
    assert [skipped.line for skipped in imported.skipped] == [1, 6]
    assert all("one of the two must be wrong" in skipped.reason for skipped in imported.skipped)


def test_the_same_words_with_other_choices_are_another_question() -> None:
    assert read("#Q Who?\n^ Me\nA Me\nB You\n\n#Q Who?\n^ Me\nA Me\nB They").imported == 2


@pytest.mark.parametrize("data", [b"Dear diary,\n\ntoday it rained.\n", b'{"title": "x"}', b"\x00#Q\n"])
def test_a_file_without_entries_is_not_of_the_format(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        read(data)


def test_a_file_without_a_single_good_entry_says_what_is_wrong_with_the_first() -> None:
    with pytest.raises(NotThisFormat, match=r"None of the 2 entries .* line 1: There is no line"):
        read("#Q Who?\nA Me\nB You\n\n#Q What?\n")
