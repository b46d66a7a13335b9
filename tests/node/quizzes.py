"""Quizzes that tests play."""

from __future__ import annotations

from typing import Any

CHOICE: dict[str, Any] = {
    "type": "choice",
    "text": "Which is even?",
    "choices": [{"text": "One"}, {"text": "Two", "correct": True}, {"text": "Three"}],
    "time_limit": 20,
    "points": 1000,
    "explanation": "Two is twice one.",
}
MULTIPLE: dict[str, Any] = {
    "type": "choice",
    "text": "Which are vowels?",
    "multiple": True,
    "choices": [{"text": "a", "correct": True}, {"text": "b"}, {"text": "e", "correct": True}, {"text": "z"}],
    "time_limit": None,
}
NUMERIC: dict[str, Any] = {"type": "numeric", "text": "Bones of the hand?", "answer": 27, "tolerance": 1}
TEXT: dict[str, Any] = {"type": "text", "text": "Capital of Iceland?", "accepted": ["Reykjavík", "Reykjavik City"]}
ORDER: dict[str, Any] = {"type": "order", "text": "Smallest first", "items": ["atom", "cell", "cat", "whale"]}
POLL: dict[str, Any] = {"type": "poll", "text": "Tea?", "choices": [{"text": "Gladly"}, {"text": "Never"}]}


def quiz(*questions: dict[str, Any], title: str = "A test of a quiz") -> dict[str, Any]:
    """One round of the given questions."""
    return {"title": title, "rounds": [{"title": "The only round", "questions": list(questions)}]}


FIVE_TYPES = quiz(CHOICE, MULTIPLE, NUMERIC, TEXT, ORDER, POLL)
