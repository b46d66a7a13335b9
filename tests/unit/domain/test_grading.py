import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.domain.grading import fold_text, grade
from quiz.domain.messages import Answer
from quiz.domain.quiz import ChoiceQuestion, OrderQuestion, PollQuestion, Question, TextQuestion
from tests.unit.domain.questions import (
    answers_to,
    multiple,
    multiples,
    numbers,
    numeric,
    order,
    orders,
    poll,
    polls,
    right_answer,
    scored,
    single,
    typed,
)

T, F = True, False


@pytest.mark.parametrize(
    ("right", "pick", "credit"),
    [((T, F), 0, 1.0), ((T, F), 1, 0.0), ((F, F, F, T), 3, 1.0), ((F, F, F, T), 0, 0.0)],
)
def test_a_single_choice_is_right_or_wrong(right: tuple[bool, ...], pick: int, credit: float) -> None:
    assert grade(single(*right), [pick]) == credit


@pytest.mark.parametrize(
    ("right", "picks", "credit"),
    [
        ((T, T, F, F), [0, 1], 1),
        ((T, T, F, F), [0], 1 / 2),
        ((T, T, F, F), [2], 0),
        ((T, T, F, F), [0, 2], 0),
        ((T, T, F, F), [0, 1, 2], 1 / 2),
        ((T, T, F, F), [0, 1, 2, 3], 0),
        ((T, T, T, F), [0], 1 / 3),
        ((T, T, T, F), [0, 1], 2 / 3),
        ((T, T, T, F), [0, 1, 3], 1 / 3),
        ((T, F, F, F), [0, 1, 2], 0),
        ((T, T, T, T), [0, 1, 2], 3 / 4),
        ((T, T, T, T), [0, 1, 2, 3], 1),
        ((F, T), [1], 1),
        ((F, T), [0], 0),
    ],
)
def test_multiple_choice_earns_in_proportion_with_wrong_picks_subtracted(
    right: tuple[bool, ...], picks: list[int], credit: float
) -> None:
    assert grade(multiple(*right), picks) == credit


@pytest.mark.parametrize(
    ("answer", "tolerance", "given_", "credit"),
    [
        (1969, 0, 1969, 1),
        (1969, 0, 1969.0, 1),
        (1969, 0, 1970, 0),
        (1969, 2, 1967, 1),
        (1969, 2, 1971, 1),
        (1969, 2, 1966, 0),
        (1969, 2, 1971.0000001, 0),
        (0.2, 0.1, 0.3, 1),
        (0.3, 0, 0.3, 1),
        (0.3, 0, 0.1 + 0.2, 0),
        (1.1, 2.2, 3.3, 1),
        (1.1, 0.1, 1.2, 1),
        (-5, 1, -6, 1),
        (-5, 1, 5, 0),
        (0, 0, -0.0, 1),
        (10**15, 0, 1e15, 1),
        (10**15, 0, 10**15 - 1, 0),
        (1e15, 1e-300, 1e15 - 1, 0),
        (0, 5e-324, 5e-324, 1),
        (0, 0, 5e-324, 0),
        (-1e15, 1e15, 1e15, 0),
        (-5e14, 1e15, 5e14, 1),
    ],
)
def test_a_number_is_right_within_the_tolerance_bounds_included(
    answer: float, tolerance: float, given_: float, credit: float
) -> None:
    assert grade(numeric(answer, tolerance), given_) == credit


@pytest.mark.parametrize(
    "answer",
    [
        "Reykjavík",
        "Reykjavik",
        "reykjavík",
        "REYKJAVÍK",
        "  reykjavik  ",
        "Reykjavi\u0301k",
        "Ｒｅｙｋｊａｖｉｋ",
        '"Reykjavík"',
        "“Reykjavík”",
        "«Reykjavík»",
        "Reykjavík.",
        "Reykjavík!",
        "(Reykjavík)",
        "Reykja\u00advík",
        "\u200eReykjavík\u200e",
    ],
)
def test_a_typed_answer_is_right_however_it_is_written(answer: str) -> None:
    assert grade(typed("Reykjavík"), answer) == 1


@pytest.mark.parametrize("answer", ["Reykjavikk", "Reykja vik", "Oslo", "?", "\u0301", "Reykjavik, Iceland"])
def test_a_typed_answer_that_says_something_else_is_wrong(answer: str) -> None:
    assert grade(typed("Reykjavík"), answer) == 0


def test_any_accepted_text_will_do() -> None:
    question = typed("The Netherlands", "Holland")
    assert [grade(question, text) for text in ("holland", "the  netherlands", "Belgium")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"),
        ("Đorđe", "dorde"),
        ("Æsop", "aesop"),
        ("Œuvre", "oeuvre"),
        ("Þór", "thor"),
        ("İstanbul", "istanbul"),
        ("ISTANBUL", "ıstanbul"),
        ("Crème brûlée", "creme brulee"),
        ("Ångström", "angstrom"),
        ("ǿ", "o"),
        ("ёлка", "елка"),
        ("ΑΘΗΝΑ", "Αθήνα"),
        ("Σίσυφος", "ΣΙΣΥΦΟΣ"),
        ("أحمد", "احمد"),
        ("שָׁלוֹם", "שלום"),
        ("ﬁve", "five"),
        ("E=mc²", "e=mc2"),
        ("½", "1/2"),
        ("Rock ’n’ Roll", "rock 'n' roll"),
        ("Rosi´s", "Rosi's"),
        ("Jean–Luc", "Jean-Luc"),
        ("−5", "-5"),
        ("New\u00a0York", "new   york"),
        ("¿Qué?", "que"),
        ("東京。", "東京"),
        ("「東京」", "東京"),
        ("한국", "한국"),
        ("Wham!", "wham"),
        ("…", "..."),
    ],
)
def test_these_fold_to_the_same(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C#"),
        ("C", "C++"),
        ("5", "-5"),
        ("5", ".5"),
        ("100", "100%"),
        ("NET", ".NET"),
        ("カ", "ガ"),
        ("क", "कु"),
        ("มา", "ม้า"),
        ("ab", "a b"),
        ("?", "!"),
        ("\u0301", "\u0300"),
        ("\u0301", ""),
        ("\u200b", ""),
        ("...", ""),
        ("0", "o"),
    ],
)
def test_these_stay_apart(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once_and_nothing_written_folds_to_nothing(text: str) -> None:
    folded = fold_text(text)
    assert fold_text(folded) == folded
    assert bool(folded) == bool(text.strip())


@given(st.text(max_size=40))
def test_case_and_outer_spaces_never_matter(text: str) -> None:
    assert fold_text(f"  {text.upper()} ") == fold_text(text.upper()) == fold_text(text.upper().casefold())


@pytest.mark.parametrize(
    ("answer", "shown", "credit"),
    [
        ([0, 1, 2], None, 1),
        ([0, 2, 1], None, 0),
        ([2, 1, 0], None, 0),
        ([0, 1, 2], (0, 1, 2), 1),
        ([0, 1, 2], (2, 0, 1), 0),
        ([1, 2, 0], (2, 0, 1), 1),
        ([2, 1, 0], (2, 1, 0), 1),
        ([0, 1], None, 0),
    ],
)
def test_an_order_is_right_when_every_item_stands_in_its_place(
    answer: list[int], shown: tuple[int, ...] | None, credit: float
) -> None:
    assert grade(order(3), answer, shown) == credit


@given(question=orders, seed=st.integers(0, 10_000))
def test_however_items_are_shown_one_order_is_right(question: OrderQuestion, seed: int) -> None:
    shown = list(range(len(question.items)))
    random.Random(seed).shuffle(shown)
    right = [shown.index(index) for index in range(len(question.items))]
    assert grade(question, right, tuple(shown)) == 1
    assert grade(question, right[::-1], tuple(shown)) == 0


@given(question=polls, data=st.data())
@settings(max_examples=20)
def test_a_poll_has_no_right_or_wrong(question: PollQuestion, data: st.DataObject) -> None:
    assert grade(question, data.draw(answers_to(question))) is None


@pytest.mark.parametrize("answer", ["text", 5, 5.5], ids=repr)
@pytest.mark.parametrize("question", [single(T, F), multiple(T, F), order(3)], ids=lambda question: question.kind)
def test_an_answer_of_another_kind_earns_nothing(question: Question, answer: Answer) -> None:
    assert grade(question, answer) == 0


@pytest.mark.parametrize("question", [numeric(5), typed("5")], ids=lambda question: question.kind)
def test_a_list_answers_neither_a_number_nor_a_text(question: Question) -> None:
    assert grade(question, [5]) == 0


def test_even_a_strange_answer_to_a_poll_has_no_credit() -> None:
    assert grade(poll(2), "text") is None


@given(question=scored, data=st.data())
def test_credit_lies_between_nothing_and_all(question: Question, data: st.DataObject) -> None:
    credit = grade(question, data.draw(answers_to(question)))
    assert credit is not None
    assert 0 <= credit <= 1


@given(question=scored)
def test_the_right_answer_gets_full_credit(question: Question) -> None:
    assert grade(question, right_answer(question)) == 1


@given(question=multiples(), data=st.data())
def test_another_right_pick_never_costs_and_another_wrong_one_never_helps(
    question: ChoiceQuestion, data: st.DataObject
) -> None:
    picks = data.draw(st.sets(st.integers(0, len(question.choices) - 1)))
    more = data.draw(st.integers(0, len(question.choices) - 1))
    before, after = grade(question, sorted(picks)), grade(question, sorted({*picks, more}))
    assert before is not None
    assert after is not None
    assert after >= before if question.choices[more].correct else after <= before or more in picks


@given(answer=numbers, tolerance=numbers.map(abs), given_=numbers)
def test_numbers_are_compared_exactly(answer: float, tolerance: float, given_: float) -> None:
    distance = abs(Fraction(str(given_)) - Fraction(str(answer)))
    assert grade(numeric(answer, tolerance), given_) == (distance <= Fraction(str(tolerance)))


@given(text=st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip())))
def test_each_accepted_text_is_right_as_it_is_written(text: str) -> None:
    assert grade(TextQuestion(text="What?", accepted=("something else", text)), text) == 1
