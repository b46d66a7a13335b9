"""The recount follows the published formula for every kind of question."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chaos.record import AnswerRow, Asked, Given
from tests.chaos.recount import Place, Total, credit, places, recount

MULTIPLE = {
    "type": "choice",
    "multiple": True,
    "choices": [{"text": "a", "correct": True}, {"text": "b"}, {"text": "c", "correct": True}],
}
NUMERIC = {"type": "numeric", "answer": 88, "tolerance": 3}
ORDER = {"type": "order", "items": ["x", "y", "z"]}


@pytest.mark.parametrize(
    ("question", "answer", "earned"),
    [
        (MULTIPLE, [0, 2], 1),
        (MULTIPLE, [0], 0.5),
        (MULTIPLE, [0, 1], 0),
        (MULTIPLE, [0, 1, 2], 0.5),
        (NUMERIC, 91, 1),
        (NUMERIC, 92, 0),
        ({"type": "text", "accepted": ["Danube"]}, "Danube", 1),
        ({"type": "text", "accepted": ["Danube"]}, "Rhine", 0),
        (ORDER, [1, 2, 0], 1),
        (ORDER, [0, 1, 2], 0),
    ],
)
def test_an_answer_earns_as_much_as_it_is_right(question: dict[str, Any], answer: Given, earned: float) -> None:
    assert credit(question, answer, ["z", "x", "y"]) == earned


@pytest.mark.parametrize(
    ("limit", "elapsed", "points"),
    [(5, 500, 1000), (5, 501, 950), (5, 2_500, 750), (5, 5_000, 500), (None, 9_000, 1000)],
)
def test_points_fall_with_time_where_there_is_a_limit(limit: int | None, elapsed: int, points: int) -> None:
    question = {**NUMERIC, "points": 1000, "time_limit": limit}
    asked = Asked(number=1, timed=limit is not None, opens_at=0, closes_at=9_000, told_closes_at=[], seen_closed=None)
    rows = [AnswerRow("ann", 1, "a", 88, elapsed)]
    totals = recount({"rounds": [{"questions": [question]}]}, [asked], rows, ["ann", "bob"])
    assert totals == {"ann": Total(points, 1, elapsed), "bob": Total(0, 0, 0)}


def test_ties_go_to_the_lower_time_and_who_shares_both_shares_the_place() -> None:
    totals = {"a": Total(10, 1, 5), "b": Total(10, 1, 4), "c": Total(10, 1, 5), "d": Total(0, 0, 0)}
    ranks = {player: place.rank for player, place in places(totals, {player: player for player in totals}).items()}
    assert ranks == {"b": 1, "a": 2, "c": 2, "d": 4}
    assert places(totals, {player: player.upper() for player in totals})["b"] == Place(1, "B", 10)
