from pathlib import Path

import pytest

from quiz.domain.grading import grade
from quiz.domain.quiz import Choice, ChoiceQuestion, NumericQuestion, Question, TextQuestion
from quiz.formats import Imported, NotThisFormat, import_quiz

SAMPLE = Path(__file__).parents[2] / "samples" / "moodle.gift"


def read(text: str) -> Imported:
    return import_quiz(text.encode(), "gift")


def only(text: str) -> Question:
    imported = read(text)
    assert imported.skipped == ()
    [question] = imported.quiz.questions
    return question


def only_choice(text: str) -> ChoiceQuestion:
    question = only(text)
    assert isinstance(question, ChoiceQuestion)
    return question


def only_reason(text: str) -> str:
    imported = read(f"{text}\n\nA good one?{{T}}\n")
    assert [question.text for question in imported.quiz.questions] == ["A good one?"]
    assert imported.skipped[0].line == 1
    return imported.skipped[0].reason


def test_a_question_bank_comes_in_by_category_and_what_cannot_is_named_by_line() -> None:
    imported = read(SAMPLE.read_text())

    assert [(round_.title, len(round_.questions)) for round_ in imported.quiz.rounds] == [
        ("Geography / History", 4),
        ("Signs", 5),
    ]
    assert imported.quiz.questions[0] == ChoiceQuestion(
        text="Which city is the capital of Norway?",
        choices=(Choice("Oslo", True), Choice("Bergen"), Choice("Trondheim")),
        explanation="Right, since 1814.",
    )
    assert {
        skipped.line: words in skipped.reason for skipped, words in zip(imported.skipped, REASONS, strict=True)
    } == dict.fromkeys((35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 56, 59), True)


REASONS = (
    "matching",
    "essay",
    "description",
    "Several answers earn points",
    "Several answers earn points",
    "*",
    "stands inside",
    "<sup>",
    "part of the points",
    "blank line",
    "{ or }",
    "{ or }",
)


@pytest.mark.parametrize("word", ["T", "TRUE", "true", " True "])
def test_true_and_false_questions_offer_both(word: str) -> None:
    assert only_choice(f"Is it?{{{word}}}").choices == (Choice("True", True), Choice("False"))
    assert only_choice("Is it?{F}").choices == (Choice("True"), Choice("False", True))


def test_even_shares_of_the_points_make_a_question_with_multiple_picks() -> None:
    question = only_choice("Which?{~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d}")
    assert question.multiple
    assert [choice.correct for choice in question.choices] == [True, True, True, False]


def test_one_answer_with_all_points_is_a_single_choice() -> None:
    question = only_choice("Which?{~%100%a ~%-50%b ~%0%c}")
    assert not question.multiple
    assert question.choices == (Choice("a", True), Choice("b"), Choice("c"))


@pytest.mark.parametrize("answers", ["=yes~no~maybe", "=yes ~no ~maybe", "\n=yes\n~no\n~maybe\n", "~ no = yes ~ maybe"])
def test_answers_may_be_laid_out_in_many_ways(answers: str) -> None:
    question = only_choice(f"Well?{{{answers}}}")
    assert {choice.text: choice.correct for choice in question.choices} == {"yes": True, "no": False, "maybe": False}


@pytest.mark.parametrize(
    ("answers", "answer", "tolerance"),
    [
        ("#3", 3, 0),
        ("#3:2", 3, 2),
        ("# =-1.5:0.25 #Cold.", -1.5, 0.25),
        ("#1..5", 3, 2),
        ("#-5..-4", -4.5, 0.5),
        ("#=7 ~#Try again.", 7, 0),
        ("#=7 =%0%8#Nearly.", 7, 0),
        ("#0.1..0.3", 0.2, 0.1),
    ],
)
def test_numbers_come_with_a_tolerance_or_as_a_range(answers: str, answer: float, tolerance: float) -> None:
    question = only(f"How many?{{{answers}}}")
    assert isinstance(question, NumericQuestion)
    assert (question.answer, question.tolerance) == (answer, tolerance)


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.3), (1, 2), (-0.7, 0.1), (1 / 3, 2 / 3), (1e14 + 0.1, 1e14 + 0.3)])
def test_both_ends_of_a_range_are_right(low: float, high: float) -> None:
    question = only(f"How many?{{#{low}..{high}}}")
    assert grade(question, low) == grade(question, high) == 1


def test_short_answers_are_all_accepted_once() -> None:
    assert only("Two plus two?{=four =4 =%100%four =%0%five}") == TextQuestion(
        text="Two plus two?", accepted=("four", "4")
    )


def test_escaped_signs_stand_for_themselves() -> None:
    question = only(r"::A \:: title::Is \{x \= 1\} \#1 \~ \\ a\: line\nbreak?{=\= \# =\~}")
    assert question == TextQuestion(text="Is {x = 1} #1 ~ \\ a: line\nbreak?", accepted=("= #", "~"))


def test_an_unknown_escape_is_left_as_it_is() -> None:
    assert only(r"What is \frac?{=a fraction}").text == r"What is \frac?"


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("Is it?{=yes#Because. ~no#Think again.}", "Because."),
        ("Is it?{=yes#Because. ~no####In general.}", "In general."),
        ("Is it?{T#Wrong, it is.#Right, it is.}", "Right, it is."),
        ("Is it?{F#Wrong, it is not.}", None),
        ("Is it?{=yes#One\ntwo. ~no}", "One\ntwo."),
        ("Which?{~%50%a#A. ~%50%b#B. ~c#C.}", "A.\nB."),
        ("Is it?{=yes ~no}", None),
    ],
)
def test_feedback_to_those_who_are_right_becomes_the_explanation(text: str, explanation: str | None) -> None:
    assert only(text).explanation == explanation


def test_text_behind_the_answers_follows_a_gap() -> None:
    assert only("Two plus {=two ~three} equals four.").text == "Two plus _____ equals four."


def test_html_becomes_plain_text() -> None:
    question = only_choice("[html]<p>Which is <b>bold</b>\n&amp; short?</p><p>Well?</p>{=<i>this</i> ~[plain]<b>}")
    assert question.text == "Which is bold & short?\nWell?"
    assert question.choices == (Choice("this", True), Choice("<b>"))


def test_without_a_mark_angle_brackets_are_plain_text() -> None:
    assert only_choice("[markdown]Is 1 < 2?{=yes ~<b>}").choices[1].text == "<b>"


def test_comments_do_not_count_as_text() -> None:
    assert only("// first\nIs\n// second\nit?{\n// third\nT}").text == "Is\nit?"


def test_a_category_needs_no_blank_line_around_it() -> None:
    imported = read("Is it?{T}\n$CATEGORY: $course$/top\nIs that?{T}\n$CATEGORY: Last\nAnd this?{F}")
    assert [round_.title for round_ in imported.quiz.rounds] == ["Round 1", "Last"]
    assert imported.imported == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Which?{~a ~b}", "No answer is marked as right"),
        ("Which?{=a =b ~c}", "Several answers"),
        ("Which?{~%70%a ~%30%b ~c}", "not even"),
        ("Which?{~%50%a ~b}", "100 %"),
        ("Which?{=%50%a ~b}", "100 %"),
        ("Which?{~%100%a ~%100%b ~c}", "100 %"),
        ("Which?{=a ~a}", "says the same"),
        ("Which?{=a ~}", "empty"),
        ("Which?{~a~b =c=d}", "inside an answer"),
        ("Which?{=a=b}", "inside an answer"),
        ("Which?{a}", "begin with = or ~"),
        ("Which?{a ~b =c}", "begin with = or ~"),
        ("How many?{#}", "empty"),
        ("How many?{#five}", "not a number"),
        ("How many?{#5:x}", "not a number"),
        ("How many?{#5..1}", "before it begins"),
        ("How many?{#1e999..2}", "too large"),
        ("How many?{#=5 =6}", "one right number"),
        ("How many?{#=5 =%50%6}", "part of the points"),
        ("How many?{#1,500}", "two ways"),
        ("Which?{=a", "lack"),
        ("Which?}=a{", "lack"),
        ("Is it?{T} Is it?{F}", "more than one"),
        ("::No end Is it?{T}", "title does not end"),
        ("{T}", "empty"),
        ("[html]Which?<img src='a.png'>{=a}", "<img>"),
        ("Which?@@PLUGINFILE@@/a.png{=a}", "picture"),
        ("[markdown]Which?![a](b.png){=a}", "picture"),
        ("[html]Which?<![foo]>{=a}", "HTML"),
        ("[html]Which?&#xFFFD;{=a}", "damaged"),
        ("Which is cafÃ©?{T}", "damaged"),
        ("Which?{=" + "x" * 501 + " ~y}", "at most 500"),
    ],
)
def test_what_a_live_quiz_cannot_ask_is_skipped(text: str, reason: str) -> None:
    assert reason in only_reason(text)


@pytest.mark.parametrize("text", ["Dear diary", "// only a comment", "A question without answers?\n\nAnother?"])
def test_text_without_answers_in_braces_is_not_of_the_format(text: str) -> None:
    with pytest.raises(NotThisFormat):
        read(text)
