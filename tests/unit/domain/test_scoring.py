from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.domain.ids import Millis
from quiz.domain.messages import Answer
from quiz.domain.quiz import Question
from quiz.domain.scoring import FULL_POINTS_MS, Award, Mode, Score, award
from tests.unit.domain.questions import (
    answers_to,
    multiple,
    poll,
    questions,
    right_answer,
    scored,
    single,
)

T, F = True, False
RIGHT, WRONG = [0], [1]
elapsed_times = st.integers(-1000, 700_000)
modes = st.sampled_from(Mode)


@pytest.mark.parametrize(
    ("elapsed_ms", "points"),
    [
        (0, 1000),
        (1, 1000),
        (499, 1000),
        (500, 1000),
        (501, 987),
        (520, 987),
        (1000, 975),
        (2000, 950),
        (5000, 875),
        (10_000, 750),
        (15_000, 625),
        (19_999, 500),
        (20_000, 500),
        (20_001, 500),
        (600_000, 500),
        (-1, 1000),
        (-600_000, 1000),
    ],
)
def test_points_fall_by_half_over_the_time_limit(elapsed_ms: int, points: int) -> None:
    assert award(single(T, F), RIGHT, elapsed_ms, Mode.SPEED).points == points


@pytest.mark.parametrize(
    ("points", "time_limit", "elapsed_ms", "earned"),
    [
        (1000, 5, 500, 1000),
        (1000, 5, 501, 950),
        (1000, 5, 5000, 500),
        (1000, 300, 150_000, 750),
        (2000, 20, 10_000, 1500),
        (1, 20, 1000, 1),
        (1, 20, 20_000, 0),
        (3, 20, 20_000, 2),
        (0, 20, 0, 0),
        (0, 20, 10_000, 0),
        (1000, None, 0, 1000),
        (1000, None, 3_600_000, 1000),
    ],
)
def test_points_follow_the_question(points: int, time_limit: int | None, elapsed_ms: int, earned: int) -> None:
    question = single(T, F, time_limit=time_limit, points=points)
    assert award(question, RIGHT, elapsed_ms, Mode.SPEED).points == earned


@pytest.mark.parametrize("elapsed_ms", [0, 500, 501, 10_000, 20_000, 60_000])
def test_speed_does_not_count_in_accuracy_mode(elapsed_ms: int) -> None:
    assert award(single(T, F), RIGHT, elapsed_ms, Mode.ACCURACY).points == 1000


@pytest.mark.parametrize(
    ("picks", "elapsed_ms", "earned"),
    [([0, 1, 2], 0, 1000), ([0, 1], 0, 667), ([0], 0, 333), ([0, 3], 0, 0), ([0, 1], 10_000, 500), ([0], 10_000, 250)],
)
def test_partial_credit_multiplies_before_the_rounding(picks: list[int], elapsed_ms: int, earned: int) -> None:
    assert award(multiple(T, T, T, F), picks, elapsed_ms, Mode.SPEED).points == earned


@pytest.mark.parametrize(
    ("question", "answer", "correct"),
    [
        (single(T, F), RIGHT, True),
        (single(T, F), WRONG, False),
        (multiple(T, T, F), [0, 1], True),
        (multiple(T, T, F), [0], False),
        (multiple(T, T, F), [2], False),
        (single(T, F, points=0), RIGHT, True),
        (poll(2), [0], None),
    ],
)
def test_only_full_credit_is_correct_and_a_poll_is_neither(
    question: Question, answer: Answer, correct: bool | None
) -> None:
    assert award(question, answer, 1000, Mode.SPEED).correct is correct


@pytest.mark.parametrize(
    ("question", "answer", "elapsed_ms", "time_ms"),
    [
        (single(T, F), RIGHT, 1234, 1234),
        (single(T, F), RIGHT, 100, 100),
        (single(T, F), RIGHT, -5, 0),
        (single(T, F), RIGHT, 25_000, 25_000),
        (single(T, F), WRONG, 1234, 0),
        (multiple(T, T, F), [0], 1234, 1234),
        (single(T, F, time_limit=None), RIGHT, 99_999, 99_999),
        (single(T, F, points=0), RIGHT, 1234, 0),
        (poll(2), [0], 1234, 0),
    ],
)
def test_time_counts_for_answers_that_earn_points(
    question: Question, answer: Answer, elapsed_ms: int, time_ms: int
) -> None:
    assert award(question, answer, elapsed_ms, Mode.SPEED).time_ms == time_ms


@given(question=questions, data=st.data(), elapsed_ms=elapsed_times, mode=modes)
def test_points_lie_between_nothing_and_those_of_the_question(
    question: Question, data: st.DataObject, elapsed_ms: int, mode: Mode
) -> None:
    earned = award(question, data.draw(answers_to(question)), elapsed_ms, mode)
    assert 0 <= earned.points <= question.points
    assert earned.time_ms >= 0


@given(question=scored, early=elapsed_times, later=st.integers(0, 100_000), mode=modes)
def test_a_later_answer_never_earns_more(question: Question, early: int, later: int, mode: Mode) -> None:
    answer = right_answer(question)
    assert award(question, answer, early, mode).points >= award(question, answer, early + later, mode).points


@given(question=scored, elapsed_ms=elapsed_times)
def test_a_right_answer_earns_at_least_half_and_within_the_first_moment_all(
    question: Question, elapsed_ms: int
) -> None:
    earned = award(question, right_answer(question), elapsed_ms, Mode.SPEED).points
    assert earned >= question.points // 2
    if elapsed_ms <= FULL_POINTS_MS or question.time_limit is None:
        assert earned == question.points


@given(elapsed_ms=st.integers(501, 300_000), limit=st.integers(5, 300), points=st.integers(0, 2000))
def test_a_recount_by_the_published_formula_gives_the_same(elapsed_ms: int, limit: int, points: int) -> None:
    elapsed = min(elapsed_ms, limit * 1000)
    earned = award(single(T, F, time_limit=limit, points=points), RIGHT, elapsed_ms, Mode.SPEED).points
    assert earned == round(points * (1 - elapsed / (limit * 1000) / 2))
    exact = points * (1 - Fraction(elapsed, limit * 1000) / 2)
    assert abs(earned - exact) <= Fraction(1, 2) + Fraction(1, 10**9)


def test_a_score_starts_at_nothing() -> None:
    assert Score() == Score(points=0, correct=0, time_ms=Millis(0), streak=0)


def test_a_score_adds_up_over_questions() -> None:
    question = multiple(T, T, F)
    score = Score()
    for earned in (Award(900, True, Millis(2000)), Award(400, False, Millis(3000)), Award(800, True, Millis(50))):
        score = score.after(question, earned)
    assert score == Score(points=2100, correct=2, time_ms=Millis(5050), streak=1)


@pytest.mark.parametrize("earned", [None, Award(0, False, Millis(0)), Award(500, False, Millis(10))], ids=repr)
def test_anything_less_than_correct_ends_a_streak(earned: Award | None) -> None:
    before = Score(points=3000, correct=3, time_ms=Millis(9000), streak=3)
    after = before.after(single(T, F), earned)
    assert after.streak == 0
    assert after.correct == 3


@pytest.mark.parametrize("earned", [None, Award(0, None, Millis(0))], ids=["unanswered", "answered"])
def test_a_poll_changes_nothing(earned: Award | None) -> None:
    before = Score(points=3000, correct=3, time_ms=Millis(9000), streak=3)
    assert before.after(poll(2), earned) == before


def test_no_answer_costs_neither_points_nor_time() -> None:
    before = Score(points=3000, correct=3, time_ms=Millis(9000), streak=3)
    assert before.after(single(T, F), None) == Score(points=3000, correct=3, time_ms=Millis(9000), streak=0)


@given(game=st.lists(st.tuples(questions, st.booleans(), elapsed_times), max_size=10), data=st.data())
@settings(max_examples=60)
def test_a_total_is_the_sum_of_its_awards(game: list[tuple[Question, bool, int]], data: st.DataObject) -> None:
    score, awards = Score(), []
    for question, answers, elapsed_ms in game:
        earned = award(question, data.draw(answers_to(question)), elapsed_ms, Mode.SPEED) if answers else None
        score = score.after(question, earned)
        if earned:
            awards.append(earned)
    assert score.points == sum(earned.points for earned in awards)
    assert score.time_ms == sum(earned.time_ms for earned in awards)
    assert score.correct == sum(earned.correct is True for earned in awards)
    assert score.streak <= score.correct
