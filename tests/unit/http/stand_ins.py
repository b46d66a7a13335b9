"""What stands in for the world outside: a quiz, a clock that is moved by hand, somebody who hears of arrivals."""

from __future__ import annotations

import time
from typing import Any

from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.game.calls import AnswerAck, AnswerCall
from quiz.game.tokens import Seat

QUIZ: dict[str, Any] = {
    "title": "Capitals & more",
    "rounds": [
        {
            "title": "Europe",
            "questions": [
                {
                    "type": "choice",
                    "text": "Capital of France?",
                    "choices": [{"text": "Paris", "correct": True}, {"text": "Lyon"}],
                },
                {"type": "order", "text": "From north to south", "items": ["Oslo", "Berlin", "Rome"]},
            ],
        },
        {"title": "Moon", "questions": [{"type": "numeric", "text": "Year of the landing?", "answer": 1969}]},
    ],
}


class HandClock:
    """A clock that stands still until it is moved. It starts at today, because tokens end by the clock of the world."""

    def __init__(self) -> None:
        self.at = Millis(round(time.time() * 1000))

    def now(self) -> Millis:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at = Millis(self.at + round(seconds * 1000))

    def seconds(self) -> float:
        return self.at / 1000


class RecordingArrivals:
    """Remembers who came."""

    def __init__(self) -> None:
        self.seen: list[tuple[SessionId, PlayerId, str]] = []

    def arrived(self, session_id: SessionId, player_id: PlayerId, nickname: str) -> None:
        self.seen.append((session_id, player_id, nickname))


class NoAnswers:
    """Takes answers and forgets them."""

    async def answer(self, seat: Seat, call: AnswerCall, received_at: Millis) -> AnswerAck:
        return AnswerAck(ok=True, status="saved", received_at=received_at)
