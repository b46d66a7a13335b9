"""What was seen of a game, by its clients and in its rows: all that the judge knows.

Instants are milliseconds since the epoch. Clients and database share a machine, and so a clock.
"""

from __future__ import annotations

from msgspec import Struct

from tests.chaos.schedule import Fault

Given = list[int] | float | str
"""An answer as it stands on the wire."""


class Sent(Struct, frozen=True):
    """An answer that left a client, perhaps several times."""

    player: str
    question: int
    submission: str
    answer: Given


class Acked(Struct, frozen=True):
    """What a client was told of an answer; `status` is `saved` or `queued`."""

    player: str
    question: int
    submission: str
    answer: Given
    received_at: int
    status: str
    at: int


class TurnedAway(Struct, frozen=True):
    """A final refusal. The call was sent at `sent_at` and refused at `at`."""

    player: str
    question: int
    submission: str
    code: str
    sent_at: int
    at: int


class Unheard(Struct, frozen=True):
    """An answer of which a client was told nothing final until the end."""

    player: str
    question: int
    submission: str


class Asked(Struct, frozen=True, kw_only=True):
    """A question that was played: its stored times after it closed, and when the first and the last client saw that.

    `seen_closed` is when it was first known to be closed, by a client or by a look at its row. `told_closes_at` are the
    deadlines that clients were shown, `redis_away` tells whether nodes could not speak with each other meanwhile,
    `items` is how an `order` question was shown.
    """

    number: int
    timed: bool
    opens_at: int
    closes_at: int
    told_closes_at: list[int | None]
    seen_closed: int | None
    first_reveal: int | None = None
    last_reveal: int | None = None
    redis_away: bool = False
    items: list[str] | None = None


class Seen(Struct, frozen=True, kw_only=True):
    """What a client shows at the end. `player` is empty for host and screen."""

    name: str
    player: str
    connected: bool
    phase: str
    version: int
    podium: list[tuple[int, str, int]]
    total: int = 0
    rank: int = 0


class Counts(Struct, frozen=True, kw_only=True):
    """How much work the clients had in a round, and how many answers came too late to count."""

    reconnects: int = 0
    retries: int = 0
    queued: int = 0
    refused: int = 0


class Suffered(Struct, frozen=True, kw_only=True):
    """A round as it went. `victim` names who it hit, `until` is when all was as before.

    `in_step_s` is how long after that (or after the close, if that was later) all clients were connected and showed the
    closed question; None if they never did. `stepped_back` counts clients that were shown an older version than before.
    """

    number: int
    fault: Fault
    victim: str
    since: int
    until: int
    question: int
    timed: bool
    in_step_s: float | None = None
    counts: Counts = Counts()
    stepped_back: int = 0


class AnswerRow(Struct, frozen=True):
    """A row of `answers`."""

    player: str
    question: int
    submission: str
    answer: Given
    received_at: int


class ScoreRow(Struct, frozen=True):
    """A row of `scores` with the player's nickname."""

    player: str
    nickname: str
    points: int
    correct: int
    time_ms: int


class Rows(Struct, frozen=True):
    """What the database holds of a session at its end."""

    phase: str
    version: int
    answers: list[AnswerRow]
    scores: list[ScoreRow]


class Evidence(Struct, frozen=True, kw_only=True):
    """Everything about one game. `document` is the quiz as it was uploaded, `away` when the database was (from, to)."""

    document: dict[str, object]
    sent: list[Sent]
    acked: list[Acked]
    turned_away: list[TurnedAway]
    unheard: list[Unheard]
    asked: list[Asked]
    seen: list[Seen]
    away: list[tuple[int, int]]
    rows: Rows
