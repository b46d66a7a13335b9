"""A session: one run of a quiz before an audience, as a value."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Final

from msgspec import Meta, Struct

from quiz.domain.ids import Millis, Pin, SessionId, UserId
from quiz.domain.quiz import Question
from quiz.domain.scoring import Mode
from quiz.domain.script import Script

LEAD_IN_MAX: Final = 10_000


class Phase(StrEnum):
    """Where a session is. `lobby` → `question` → `reveal` → `standings` → … → `finished`."""

    LOBBY = "lobby"
    QUESTION = "question"
    REVEAL = "reveal"
    STANDINGS = "standings"
    FINISHED = "finished"


class Settings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a host chooses when making a session.

    `lead_in_ms` is how long players see a question before it opens for answers.
    """

    scoring: Mode = Mode.SPEED
    lead_in_ms: Annotated[Millis, Meta(ge=0, le=LEAD_IN_MAX)] = Millis(0)


class Session(Struct, frozen=True, kw_only=True):
    """One version of a session. Only `decide` makes the next one.

    `question` is the number of the current or last question, 0 before the first. `opens_at` and `closes_at` belong to
    it; `closes_at` is None while an untimed question is open. `voided` lists question numbers that do not count.
    """

    id: SessionId
    pin: Pin
    owner: UserId
    script: Script
    created_at: Millis
    settings: Settings = Settings()
    version: int = 1
    phase: Phase = Phase.LOBBY
    question: int = 0
    opens_at: Millis | None = None
    closes_at: Millis | None = None
    locked: bool = False
    voided: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """The quiz's title."""
        return self.script.quiz.title

    @property
    def current(self) -> Question:
        """The current or last question; there is none in the lobby."""
        return self.script.question(self.question)

    @property
    def month(self) -> int:
        """The UTC month the session was made in, as 202611: what its answers are partitioned by."""
        return month_of(self.created_at)


@lru_cache(maxsize=1024)
def month_of(instant: Millis) -> int:
    """The UTC month of an instant, as 202611."""
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    return moment.year * 100 + moment.month
