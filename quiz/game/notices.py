"""What nodes tell each other about a session: a closed union, the only messages between nodes.

They travel at most once. A node that hears one knows sooner what it would have found in the database anyway, so every
one of them may be lost, and none needs to be believed beyond the version that it names.

Nodes of different releases share a cluster while it is rolled out: fields may be added, and must have defaults.
"""

from __future__ import annotations

from msgspec import Struct

from quiz.domain.announce import Audience
from quiz.domain.ids import Millis
from quiz.domain.messages import RosterEntry, ServerEvent

RoomEvent = tuple[Audience, ServerEvent]


class Advanced(Struct, frozen=True, tag="advanced", kw_only=True, omit_defaults=True):
    """The session is at `version` now; the rest is its row.

    `scores` says that totals or seats have changed as well, which are not told here: they are read.
    """

    version: int
    phase: str
    question: int
    opens_at: Millis | None
    closes_at: Millis | None
    locked: bool
    voided: tuple[int, ...] = ()
    scores: bool = False


class Seated(Struct, frozen=True, tag="seated"):
    """Players have taken seats, which makes no new version."""

    seats: list[RosterEntry]


class Answered(Struct, frozen=True, tag="answered"):
    """Answers to a question have been stored since the last such notice."""

    question: int


Notice = Advanced | Seated | Answered
