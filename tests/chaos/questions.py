"""Questions to play, and what players may answer to them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from tests.chaos.record import Given
from tests.chaos.schedule import TIME_LIMIT_S, Game

_KINDS: Final[list[dict[str, Any]]] = [
    {
        "type": "choice",
        "text": "Which of these is a planet?",
        "choices": [{"text": "Vega"}, {"text": "Venus", "correct": True}, {"text": "Titan"}, {"text": "Halley"}],
    },
    {
        "type": "choice",
        "text": "Which of these fly?",
        "multiple": True,
        "choices": [
            {"text": "Bat", "correct": True},
            {"text": "Emu"},
            {"text": "Owl", "correct": True},
            {"text": "Elk"},
        ],
    },
    {"type": "numeric", "text": "How many keys has a piano?", "answer": 88, "tolerance": 3},
    {"type": "text", "text": "Which river flows through Vienna?", "accepted": ["Danube", "Donau"]},
    {"type": "order", "text": "From north to south", "items": ["Oslo", "Rome", "Cairo", "Perth"]},
]
_RIVERS: Final = ("Danube", "Donau", "Elbe", "Tiber")
_POINTS: Final = (500, 1000, 2000)


def paper(game: Game) -> dict[str, Any]:
    """The quiz of a game: a question for each of its rounds."""
    random = Random(f"{game.seed} paper")
    questions = [
        {
            **random.choice(_KINDS),
            "points": random.choice(_POINTS),
            "time_limit": TIME_LIMIT_S if round_.timed else None,
        }
        for round_ in game.rounds
    ]
    return {"title": f"Bad day {game.number}", "rounds": [{"title": "All of it", "questions": questions}]}


def guess(kind: str, random: Random, choices: Sequence[object] | None, *, multiple: bool) -> Given:
    """An answer as it is stored: picks sorted, texts without white space around them."""
    match kind:
        case "choice":
            indexes = range(len(choices or ()))
            return sorted(random.sample(indexes, random.randint(1, 3) if multiple else 1))
        case "numeric":
            return random.randint(80, 96)
        case "order":
            return random.sample(range(4), 4)
        case _:
            return random.choice(_RIVERS)
