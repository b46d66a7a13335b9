"""What travels in the bodies and queries of REST calls, where a use case's own type does not say it already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta, Struct

from quiz.domain.ids import Millis, Pin, QuizId, SessionId
from quiz.domain.quiz import TITLE_MAX
from quiz.domain.session import Settings
from quiz.game.accounts import NAME_MAX, PASSWORD_MAX
from quiz.game.ports import QuizSummary, SessionSummary

CURSOR_MAX = 200


class ErrorDetail(Struct, frozen=True, omit_defaults=True):
    """`fields` says by dotted path what is wrong with what was sent."""

    code: str
    message: str
    fields: dict[str, str] | None = None


class ErrorBody(Struct, frozen=True):
    """What every call that was not carried out answers."""

    error: ErrorDetail


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """A body or a query; unknown fields are refused."""


class NoQuery(Request, frozen=True):
    """No parameters."""


class Nothing(Request, frozen=True):
    """An empty body."""


class LoginRequest(Request, frozen=True):
    """A quiz master's name and password."""

    username: Annotated[str, Meta(max_length=NAME_MAX)]
    password: Annotated[str, Meta(max_length=PASSWORD_MAX)]


class LoginReply(Struct, frozen=True):
    """A quiz master's token and when it ends, in milliseconds since the epoch."""

    token: str
    expires_at: Millis


class PageQuery(Request, frozen=True):
    """A page of a list; `cursor` is the `next` of the page before."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, Meta(max_length=CURSOR_MAX)] | None = None


class ImportQuery(Request, frozen=True):
    """The format of a file, and what to call the quiz; without `title` the file decides."""

    format: Literal["kahoot_xlsx", "opentriviaqa", "csv", "gift", "json"]
    title: Annotated[str, Meta(max_length=TITLE_MAX)] | None = None


class ExportQuery(Request, frozen=True):
    """The format of a quiz file."""

    format: Literal["json", "csv"]


class ResultsQuery(Request, frozen=True):
    """The format of a file of results."""

    format: Literal["json", "csv", "xlsx"]


class StandingsQuery(Request, frozen=True):
    """A stretch of the standings."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 20
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class SessionRequest(Request, frozen=True):
    """Which quiz to play, and how."""

    quiz_id: Annotated[QuizId, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    settings: Settings = Settings()


class JoinRequest(Request, frozen=True):
    """What a player wants to be called.

    `id` is made by the client at random, kept to itself, and the same on every retry, which then gets the same seat.
    """

    nickname: str
    id: Annotated[str, Meta(min_length=20, max_length=100)] | None = None


class BotsRequest(Request, frozen=True):
    """How many more bots are to play; with 0 those that are there are only taken up again."""

    players: Annotated[int, Meta(ge=0, le=1_000)]


class Bots(Struct, frozen=True):
    """How many bots are seated, and how many of them a game takes."""

    players: int
    most: int


class BotsSeated(Struct, frozen=True):
    """How many bots were seated: fewer than asked for when there were no more seats."""

    seated: int


class BotsRemoved(Struct, frozen=True):
    """How many bots were removed."""

    removed: int


class QuizKept(Struct, frozen=True):
    """The quiz is stored; the `ETag` header names its revision."""

    id: QuizId


class QuizPage(Struct, frozen=True):
    """Quizzes, last changed first; `next` is null on the last page."""

    items: Sequence[QuizSummary]
    next: str | None


class SessionPage(Struct, frozen=True):
    """Sessions, newest first; `next` is null on the last page."""

    items: Sequence[SessionSummary]
    next: str | None


class SessionKeys(Struct, frozen=True):
    """What opens a session for its host and its big screen; players go to `join_url` or type the PIN."""

    id: SessionId
    pin: Pin
    host_token: str
    screen_token: str
    affinity: str
    join_url: str
