"""Totals and places from nothing but answer rows and the published formula, without any of the server's code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from tests.chaos.record import AnswerRow, Asked, Given

FULL_POINTS_MS: Final = 500


class Total(Struct, frozen=True):
    """What a player has at the end. `time_ms` sums up the answers that earned something."""

    points: int
    correct: int
    time_ms: int


class Place(Struct, frozen=True):
    """A player's place. Who has the same points in the same time shares it."""

    rank: int
    nickname: str
    points: int


def questions_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions of a quiz document, in the order they are played."""
    return [question for round_ in document["rounds"] for question in round_["questions"]]


def recount(
    document: Mapping[str, Any], asked: Sequence[Asked], answers: Sequence[AnswerRow], players: Sequence[str]
) -> dict[str, Total]:
    """Every player's total."""
    questions, times = questions_of(document), {each.number: each for each in asked}
    totals = {player: Total(0, 0, 0) for player in players}
    for row in answers:
        question, played = questions[row.question - 1], times.get(row.question)
        if played is None or row.player not in totals:
            continue
        earned = credit(question, row.answer, played.items)
        elapsed = max(0, row.received_at - played.opens_at)
        points = round(question["points"] * _speed(question["time_limit"], elapsed) * earned)
        before = totals[row.player]
        totals[row.player] = Total(
            before.points + points, before.correct + (earned == 1), before.time_ms + (elapsed if points else 0)
        )
    return totals


def credit(question: Mapping[str, Any], answer: Given, items: Sequence[str] | None) -> float:
    """How right an answer is, from 0 to 1."""
    match question["type"], answer:
        case "choice", list():
            right = {index for index, choice in enumerate(question["choices"]) if choice.get("correct")}
            hits = len(right & set(answer)) - len(set(answer) - right)
            return max(0, hits) / len(right) if question.get("multiple") else float(set(answer) == right)
        case "numeric", int() | float():
            return float(abs(answer - question["answer"]) <= question["tolerance"])
        case "text", str():
            return float(answer in question["accepted"])
        case "order", list():
            assert items is not None
            return float([items[index] for index in answer] == question["items"])
        case _:
            return 0.0


def places(totals: Mapping[str, Total], nicknames: Mapping[str, str]) -> dict[str, Place]:
    """Everybody's place: most points first, then the lower total time."""
    merits = sorted((-total.points, total.time_ms) for total in totals.values())
    first: dict[tuple[int, int], int] = {}
    for position, merit in enumerate(merits, start=1):
        first.setdefault(merit, position)
    return {
        player: Place(first[-total.points, total.time_ms], nicknames[player], total.points)
        for player, total in totals.items()
    }


def _speed(limit_s: int | None, elapsed_ms: int) -> float:
    if limit_s is None or elapsed_ms <= FULL_POINTS_MS:
        return 1.0
    limit_ms = limit_s * 1000
    return 1 - min(elapsed_ms, limit_ms) / limit_ms / 2
