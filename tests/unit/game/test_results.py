from __future__ import annotations

import pytest

from quiz.domain.messages import Answer
from quiz.domain.quiz import Question
from quiz.domain.validation import read_question
from quiz.game.results import tell_answer, tell_right_answer

CHOICE = read_question(
    {
        "type": "choice",
        "text": "?",
        "multiple": True,
        "choices": [{"text": "Paris", "correct": True}, {"text": "Lyon"}, {"text": "Nice", "correct": True}],
    }
)
POLL = read_question({"type": "poll", "text": "?", "choices": [{"text": "Tea"}, {"text": "Coffee"}]})
ORDER = read_question({"type": "order", "text": "?", "items": ["one", "two", "three"]})
NUMBER = read_question({"type": "numeric", "text": "?", "answer": 1969})
ROUGH_NUMBER = read_question({"type": "numeric", "text": "?", "answer": 2.5, "tolerance": 0.5})
TEXT = read_question({"type": "text", "text": "?", "accepted": ["Reykjavík", "Reykjavik"]})


@pytest.mark.parametrize(
    ("question", "answer", "shown", "told"),
    [
        (CHOICE, [0], None, "Paris"),
        (CHOICE, [0, 2], None, "Paris; Nice"),
        (POLL, [1], None, "Coffee"),
        (ORDER, [0, 1, 2], (2, 0, 1), "three; one; two"),
        (ORDER, [1, 2, 0], (2, 0, 1), "one; two; three"),
        (ORDER, [1, 2, 0], None, "two; three; one"),
        (NUMBER, 1968, None, 1968),
        (NUMBER, 0.1, None, 0.1),
        (TEXT, "=1+1", None, "=1+1"),
    ],
)
def test_an_answer_is_told_as_a_person_would(
    question: Question, answer: Answer, shown: tuple[int, ...] | None, told: str | float
) -> None:
    assert tell_answer(question, answer, shown) == told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (CHOICE, "Paris; Nice"),
        (POLL, ""),
        (ORDER, "one; two; three"),
        (NUMBER, "1969"),
        (ROUGH_NUMBER, "2.5 ± 0.5"),
        (TEXT, "Reykjavík; Reykjavik"),
    ],
)
def test_so_is_the_right_answer(question: Question, told: str) -> None:
    assert tell_right_answer(question) == told
