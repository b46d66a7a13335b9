"""How many have answered: read from the database now and then, and counted on here in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

from msgspec import Struct

from quiz.domain.ids import SessionId
from quiz.domain.session import Session
from quiz.game.live import LiveSession

FRESH_S: Final = 1.0
"""How long a count that was read is gone by. Others may have stored answers since, which it shows so much later."""
_MOST: Final = 1_000
"""Sessions whose counts are kept; beyond that the oldest are read again when they are asked for."""


class AnswerCount(Protocol):
    """Whoever knows how many have answered."""

    async def count(self, session: Session, question: int) -> int:
        """How many answers to the question are stored by players who still have their seat."""
        ...


class Count(Struct, frozen=True):
    """How many have answered.

    `exact` if the database has just said so: otherwise it has to be asked again soon. `new` if it was not said before.
    """

    answered: int
    exact: bool
    new: bool


class _Read(Struct):
    """What the database said of a question, at an instant of the clock.

    `taken` answers had come by way of this node then; `said` is what was last made of it.
    """

    question: int
    answered: int
    taken: int
    at: float
    said: int


class Counts:
    """Counts answers to open questions.

    Args:
        clock: seconds of a steady clock.
    """

    def __init__(self, answers: AnswerCount, clock: Callable[[], float] = time.monotonic) -> None:
        self._answers = answers
        self._clock = clock
        self._read: dict[SessionId, _Read] = {}

    async def of(self, live: LiveSession) -> Count:
        """How many have answered the question that is open.

        Raises:
            Unavailable: the database was asked, and is away.
        """
        session, now = live.session, self._clock()
        read = self._read.get(session.id)
        if read is not None and read.question == session.question and now - read.at < FRESH_S:
            guess = min(read.answered + live.taken - read.taken, len(live.board))
            new, read.said = guess != read.said, guess
            return Count(guess, exact=False, new=new)
        taken = live.taken
        answered = await self._answers.count(session, session.question)
        self._read.pop(session.id, None)
        self._read[session.id] = _Read(session.question, answered, taken, now, answered)
        if len(self._read) > _MOST:
            del self._read[next(iter(self._read))]
        return Count(answered, exact=True, new=True)
