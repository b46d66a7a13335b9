"""The quiz that is played under load: choices only, with time limits that can be extended."""

from __future__ import annotations

from typing import Final

CHOICES: Final = 4
QUESTIONS: Final = 300
"""More than a run gets to."""
_TIME_LIMIT_S: Final = 300


def load_quiz() -> dict[str, object]:
    """A quiz document as the REST contract has it."""
    choices = [{"text": f"Answer {number}", "correct": number == 1} for number in range(1, CHOICES + 1)]
    questions = [
        {
            "type": "choice",
            "text": f"Question {number}: which of these is the first?",
            "choices": choices,
            "time_limit": _TIME_LIMIT_S,
            "points": 1000,
        }
        for number in range(1, QUESTIONS + 1)
    ]
    return {"title": "Load test", "rounds": [{"title": "The only round", "questions": questions}]}
