"""What bots answer: always something that fits the question, right about two times in three, at a human moment."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.domain.answers import read_answer
from quiz.domain.grading import grade
from quiz.domain.quiz import Question
from quiz.game.bot_answers import KNOWS_LEAST, KNOWS_MOST, Move, think
from tests.unit.domain.questions import multiple, numeric, order, poll, questions, single, typed

DICE = st.integers(0, 2**32).map(Random)
SCORED = [
    single(False, True, False),
    multiple(True, False, True, False),
    numeric(1969, 2),
    numeric(0),
    numeric(-3.5, 0.25),
    typed("Reykjavík", "Reykjavik City"),
    order(4),
]


def shown_in(question: Question, random: Random) -> tuple[int, ...] | None:
    """Some order to show the items of an `order` question in."""
    items = getattr(question, "items", None)
    return None if items is None else tuple(random.sample(range(len(items)), len(items)))


@given(questions, DICE, st.floats(0, 1))
def test_an_answer_fits_its_question_in_the_form_that_is_stored(
    question: Question, random: Random, knows: float
) -> None:
    move = think(question, shown_in(question, random), knows, random)
    assert read_answer(question, move.answer) == move.answer or isinstance(move.answer, str)
    assert isinstance(read_answer(question, move.answer), list | int | float | str)


@given(questions, DICE)
def test_who_knows_it_all_is_right(question: Question, random: Random) -> None:
    shown = shown_in(question, random)
    assert grade(question, think(question, shown, 1, random).answer, shown) in (1, None)


@pytest.mark.parametrize("question", SCORED, ids=lambda question: f"{question.kind} {question.text}")
@given(random=DICE)
def test_who_knows_nothing_is_wrong_or_right_in_part(question: Question, random: Random) -> None:
    shown = shown_in(question, random)
    credit = grade(question, think(question, shown, 0, random).answer, shown)
    assert credit is not None
    assert credit < 1


@pytest.mark.parametrize("question", SCORED, ids=lambda question: f"{question.kind} {question.text}")
def test_about_two_in_three_are_right(question: Question) -> None:
    shown = shown_in(question, Random(0))
    right = [grade(question, move.answer, shown) == 1 for move in moves(question, shown)]
    assert 0.6 <= sum(right) / len(right) <= 0.7


def test_wrong_numbers_are_near_misses_of_the_same_kind() -> None:
    misses = {think(numeric(1969, 2), None, 0, Random(seed)).answer for seed in range(300)}
    assert all(isinstance(miss, int) and 2 < abs(miss - 1969) <= 42 for miss in misses)
    assert len(misses) > 20
    tenths = {think(numeric(36.6), None, 0, Random(seed)).answer for seed in range(100)}
    assert all(round(miss, 1) == miss for miss in tenths if isinstance(miss, float))


def test_a_number_that_cannot_be_missed_is_answered_all_the_same() -> None:
    assert think(numeric(0, 1e15), None, 0, Random(1)).answer == 0


def test_wrong_orders_are_right_but_for_neighbours() -> None:
    for seed in range(100):
        answer = think(order(5), None, 0, Random(seed)).answer
        assert isinstance(answer, list)
        assert sum(place != item for place, item in enumerate(answer)) <= 4


def test_polls_get_every_answer() -> None:
    assert {str(move.answer) for move in moves(poll(4), None)} == {"[0]", "[1]", "[2]", "[3]"}


@pytest.mark.parametrize("limit", [5, 20, 300])
def test_answers_come_at_human_moments_within_the_time_limit_most_of_them_early(limit: int) -> None:
    delays = sorted(move.after_ms for move in moves(single(True, False, time_limit=limit), None))
    assert delays[0] >= 700
    assert delays[-1] <= limit * 900
    assert delays[-1] - delays[0] > limit * 400
    assert delays[len(delays) // 2] < limit * 450


def test_untimed_questions_are_answered_within_seconds() -> None:
    delays = [move.after_ms for move in moves(single(True, False, time_limit=None), None)]
    assert 700 <= min(delays) < max(delays) <= 9_000


@given(questions, st.integers())
def test_the_same_dice_do_the_same(question: Question, seed: int) -> None:
    shown = shown_in(question, Random(seed))
    assert think(question, shown, 0.5, Random(seed)) == think(question, shown, 0.5, Random(seed))


def moves(question: Question, shown: tuple[int, ...] | None) -> Iterable[Move]:
    """What a thousand bots do, each as able as bots are."""
    for seed in range(1000):
        random = Random(seed)
        yield think(question, shown, random.uniform(KNOWS_LEAST, KNOWS_MOST), random)
