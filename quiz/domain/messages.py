"""What the server tells its clients: one frozen struct for each Socket.IO event.

Every event carries the session's `version`. A snapshot (`State`) followed by the events of later versions equals a
fresh snapshot; `follow.py` is that law as code. Nothing here that reaches players before the reveal has a field that
could hold what is right.

Times are milliseconds since the epoch in the service's clock, durations milliseconds unless a name says otherwise.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from msgspec import Struct

from quiz.domain.ids import Millis, PlayerId
from quiz.domain.quiz import QuestionType

PhaseName = Literal["lobby", "question", "reveal", "standings", "finished"]

ROSTER_MAX: Final = 500
"""Most seats listed in one snapshot; a host pages through the rest by REST."""

Answer = list[int] | float | str
"""As it stands on the wire: indexes for `choice`, `poll` and `order`, a number, or a text."""


class RightAndWrong(Struct, frozen=True):
    """How many answers earned all of the points, and how many did not."""

    right: int
    wrong: int


Counts = list[int] | RightAndWrong
"""Answers by choice, or for the other types how many were right and wrong."""

Correct = list[int | str] | float
"""What was right, see `RevealView`. One list of either: in one union no decoder tells two kinds of list apart."""


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all events have."""

    event: ClassVar[str]

    version: int


class QuestionView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question as players see it while it is open.

    `items` of an `order` question come shuffled; an answer lists indexes into this shuffled list.
    `number` counts from 1 over all rounds, `of` is the number of questions, `time_limit` is in seconds.
    """

    number: int
    of: int
    round: str
    type: QuestionType
    text: str
    points: int
    time_limit: int | None
    opens_at: Millis
    closes_at: Millis | None
    multiple: bool = False
    choices: list[str] | None = None
    items: list[str] | None = None
    image: str | None = None


class Entry(Struct, frozen=True):
    """A line of the standings. Players with the same points and the same total time share a rank."""

    rank: int
    nickname: str
    points: int


class Table(Struct, frozen=True):
    """The head of the standings and how many players stand in them."""

    top: list[Entry]
    of: int


class Ahead(Struct, frozen=True):
    """Who stands right ahead of a player, and the points it takes to draw level; 0 where only time decides."""

    nickname: str
    points: int


class RevealView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was right, and how many answered what.

    `correct` by type: indexes (`choice`; `order`: into the shown items, in the right order), a number, the accepted
    texts, or an empty list for a poll. `answered` counts the stored answers, `closed_at` is when it closed. A voided
    question has `voided` set.
    """

    question: int
    correct: Correct
    counts: Counts
    answered: int
    closed_at: Millis
    explanation: str | None = None
    voided: bool = False


class ResultView(Struct, frozen=True, kw_only=True):
    """What a question earned one player. `correct` is null for a poll and a void question.

    `behind` is who stands right ahead, null for the first.
    """

    question: int
    correct: bool | None
    points: int
    total: int
    rank: int
    of: int
    streak: int
    behind: Ahead | None


class You(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The player's own part of a snapshot. `answer` is what was stored for the current question, if anything was.

    `behind` is who stands right ahead; the first have nobody there.
    """

    player_id: PlayerId
    nickname: str
    total: int
    rank: int
    of: int
    streak: int
    behind: Ahead | None = None
    answered: bool = False
    answer: Answer | None = None
    received_at: Millis | None = None
    result: ResultView | None = None


class RosterEntry(Struct, frozen=True):
    """A seated player as the host sees it."""

    player_id: PlayerId
    nickname: str


class State(Event, frozen=True):
    """A whole snapshot: enough to draw the page from nothing.

    `question`, `opens_at` and `closes_at` stand in phases `question` and `reveal`, `reveal` in `reveal`, `standings`
    in `standings` and `finished`, `podium` in `finished`, `you` for players. Hosts and screens get `locked`, `of` (the
    number of questions), `number` (of the current or last one), `voided` (question numbers), in `question` and `reveal`
    also `answered`; hosts the newest seats, at most 500, as `roster`, screens the same as `nicknames`.
    """

    event = "state"

    phase: PhaseName
    now: Millis
    title: str
    players: int
    question: QuestionView | None = None
    opens_at: Millis | None = None
    closes_at: Millis | None = None
    reveal: RevealView | None = None
    standings: Table | None = None
    podium: list[Entry] | None = None
    you: You | None = None
    answered: int | None = None
    locked: bool | None = None
    of: int | None = None
    number: int | None = None
    voided: list[int] | None = None
    roster: list[RosterEntry] | None = None
    nicknames: list[str] | None = None


class QuestionEvent(Event, frozen=True):
    """A question opened, or its deadline moved (same `number`, new `closes_at`)."""

    event = "question"

    question: QuestionView
    opens_at: Millis
    closes_at: Millis | None


class Progress(Event, frozen=True):
    """How many of the seated players have a stored answer; at most four a second."""

    event = "progress"

    question: int
    answered: int
    players: int


class Reveal(Event, frozen=True):
    """The question closed; the fields are those of `RevealView`."""

    event = "reveal"

    question: int
    correct: Correct
    counts: Counts
    answered: int
    closed_at: Millis
    explanation: str | None = None
    voided: bool = False


class Result(Event, frozen=True, omit_defaults=False):
    """To one player after a close; the fields are those of `ResultView`."""

    event = "result"

    question: int
    correct: bool | None
    points: int
    total: int
    rank: int
    of: int
    streak: int
    behind: Ahead | None


class Standings(Event, frozen=True):
    """The head of the standings."""

    event = "standings"

    top: list[Entry]
    of: int


class Lobby(Event, frozen=True):
    """Who took a seat and who lost one since the last such event, by nickname.

    `seats` are those who joined with their ids, `locked` says whether new seats are refused.
    """

    event = "lobby"

    players: int
    joined: list[str]
    left: list[str]
    locked: bool
    seats: list[RosterEntry] = []


class Finished(Event, frozen=True):
    """The game is over. `podium` holds the first three, `top` the head of the final standings."""

    event = "finished"

    podium: list[Entry]
    of: int
    top: list[Entry]


class Kicked(Event, frozen=True):
    """The seat is gone; the connection ends right after."""

    event = "kicked"

    reason: str


class Draining(Event, frozen=True):
    """The node goes away; reconnect at a random moment within the given time."""

    event = "draining"

    reconnect_within_ms: Millis


ServerEvent = State | QuestionEvent | Progress | Reveal | Result | Standings | Lobby | Finished | Kicked | Draining
