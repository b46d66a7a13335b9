import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.domain.answers import AnswerProblem, read_answer
from quiz.domain.messages import Answer
from quiz.domain.quiz import Question
from tests.unit.domain.questions import (
    answers_to,
    anything,
    multiple,
    numeric,
    order,
    poll,
    questions,
    single,
    typed,
)

ONE_OF_THREE = single(True, False, False)
SOME_OF_FOUR = multiple(True, True, False, False)
NUMBER = numeric(1969)
WORD = typed("Reykjavík")
ORDER = order(3)
POLL = poll(3)

UNFIT_FOR_ANY_QUESTION = [None, True, False, {}, {"answer": 1}, [None], [[0]], ["0"], [0.0], [True], b"0", (0,)]


@pytest.mark.parametrize(
    ("question", "raw", "stored"),
    [
        (ONE_OF_THREE, [0], [0]),
        (ONE_OF_THREE, [2], [2]),
        (SOME_OF_FOUR, [3], [3]),
        (SOME_OF_FOUR, [3, 0, 1], [0, 1, 3]),
        (SOME_OF_FOUR, [0, 1, 2, 3], [0, 1, 2, 3]),
        (POLL, [1], [1]),
        (NUMBER, 5, 5),
        (NUMBER, -5, -5),
        (NUMBER, 0, 0),
        (NUMBER, 2.5, 2.5),
        (NUMBER, 10**15, 10**15),
        (NUMBER, -1e15, -1e15),
        (NUMBER, 5e-324, 5e-324),
        (WORD, "Oslo", "Oslo"),
        (WORD, "  Oslo\n", "Oslo"),
        (WORD, "New\tYork", "New\tYork"),
        (WORD, "0", "0"),
        (WORD, "x" * 500, "x" * 500),
        (WORD, " " * 1000 + "x" * 500, "x" * 500),
        (WORD, "👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        (ORDER, [0, 1, 2], [0, 1, 2]),
        (ORDER, [2, 0, 1], [2, 0, 1]),
    ],
)
def test_a_fitting_answer_is_read(question: Question, raw: object, stored: Answer) -> None:
    assert read_answer(question, raw) == stored


@pytest.mark.parametrize(
    ("question", "raw"),
    [
        (ONE_OF_THREE, []),
        (ONE_OF_THREE, [0, 1]),
        (ONE_OF_THREE, [0, 0]),
        (ONE_OF_THREE, [3]),
        (ONE_OF_THREE, [-1]),
        (ONE_OF_THREE, 0),
        (ONE_OF_THREE, "0"),
        (ONE_OF_THREE, [10**30]),
        (ONE_OF_THREE, [float("nan")]),
        (SOME_OF_FOUR, []),
        (SOME_OF_FOUR, [0, 0]),
        (SOME_OF_FOUR, [0, 4]),
        (SOME_OF_FOUR, [0, -1]),
        (SOME_OF_FOUR, [0, True]),
        (SOME_OF_FOUR, [0, 1, 2, 3, 0]),
        (SOME_OF_FOUR, [0] * 100_000),
        (POLL, []),
        (POLL, [0, 1]),
        (POLL, [3]),
        (NUMBER, "1969"),
        (NUMBER, [1969]),
        (NUMBER, float("nan")),
        (NUMBER, float("inf")),
        (NUMBER, float("-inf")),
        (NUMBER, 10**15 + 1),
        (NUMBER, -(10**15) - 1),
        (NUMBER, 1.1e15),
        (NUMBER, 10**400),
        (WORD, ""),
        (WORD, " \t\n\u3000"),
        (WORD, "x" * 501),
        (WORD, "x" * 100_000),
        (WORD, "a\x00b"),
        (WORD, "a\x1bb"),
        (WORD, "a\x9bb"),
        (WORD, "a\ud800b"),
        (WORD, 5),
        (WORD, ["Oslo"]),
        (ORDER, []),
        (ORDER, [0, 1]),
        (ORDER, [0, 1, 1]),
        (ORDER, [0, 1, 3]),
        (ORDER, [0, 1, 2, 2]),
        (ORDER, [0, 1, "2"]),
        (ORDER, [0, 1, 2.0]),
        (ORDER, [False, True, 2]),
    ],
)
def test_an_unfitting_answer_is_refused_in_words(question: Question, raw: object) -> None:
    problem = read_answer(question, raw)
    assert isinstance(problem, AnswerProblem)
    assert problem.message.endswith(".")


@pytest.mark.parametrize("raw", UNFIT_FOR_ANY_QUESTION, ids=repr)
@pytest.mark.parametrize("question", [ONE_OF_THREE, SOME_OF_FOUR, NUMBER, WORD, ORDER, POLL], ids=lambda q: q.kind)
def test_what_answers_no_question_is_refused_by_each(question: Question, raw: object) -> None:
    assert isinstance(read_answer(question, raw), AnswerProblem)


@pytest.mark.parametrize(("raw", "kind"), [(3, int), (3.0, float), (0, int), (-0.0, float)])
def test_a_number_keeps_the_kind_it_was_sent_as(raw: float, kind: type) -> None:
    assert type(read_answer(NUMBER, raw)) is kind


def test_an_answer_that_was_sent_is_not_changed_in_place() -> None:
    raw = [3, 1]
    assert read_answer(SOME_OF_FOUR, raw) == [1, 3]
    assert raw == [3, 1]


@given(question=questions, raw=anything)
def test_arbitrary_json_is_an_answer_or_a_problem_and_never_raises(question: Question, raw: object) -> None:
    answer = read_answer(question, raw)
    assert isinstance(answer, AnswerProblem | list | int | float | str)
    assert not isinstance(answer, bool)


@given(data=st.data(), question=questions)
def test_a_fitting_answer_reads_to_itself_and_survives_json(data: st.DataObject, question: Question) -> None:
    answer = data.draw(answers_to(question))
    stored = read_answer(question, answer)
    assert not isinstance(stored, AnswerProblem)
    again = msgspec.json.decode(msgspec.json.encode(stored))
    assert read_answer(question, again) == stored
