"""What the game needs of files: quizzes in and out, results out. The file formats implement these protocols."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import BinaryIO, Protocol

from msgspec import Struct

from quiz.domain.ids import Millis, Pin, PlayerId
from quiz.domain.quiz import Quiz


class SkippedEntry(Struct, frozen=True):
    """An entry of a file that was left out; `line` counts from 1, in a sheet it is the row."""

    line: int
    reason: str


class ReadQuiz(Struct, frozen=True):
    """What a file held: `imported` questions got into the quiz, `skipped` tells of the others."""

    quiz: Quiz
    imported: int
    skipped: Sequence[SkippedEntry]


class FileKind(Struct, frozen=True):
    """How a file travels: its media type, and the end of its name, without the dot."""

    media_type: str
    suffix: str


class QuizFiles(Protocol):
    """Quiz files by the name of their format. Sync and slow: callers use a thread."""

    @property
    def readable(self) -> Collection[str]:
        """Formats that can be imported."""
        ...

    @property
    def writable(self) -> Collection[str]:
        """Formats that can be exported."""
        ...

    def read(self, data: bytes, format_name: str, title: str | None) -> ReadQuiz:
        """Make a quiz of a file.

        Args:
            format_name: one of `readable`.
            title: what to call the quiz; None leaves it to the file.

        Raises:
            Refused: `not_this_format`: nothing in it can be used, the message says why.
            InvalidQuiz: the quiz breaks a rule as a whole, e.g. by its title.
        """
        ...

    def write(self, quiz: Quiz, format_name: str) -> bytes:
        """Write the whole quiz as a file; `format_name` is one of `writable`."""
        ...

    def kind(self, format_name: str) -> FileKind:
        """How files of a format travel."""
        ...


class QuestionRow(Struct, frozen=True, kw_only=True):
    """One question that was asked or would have been.

    `number` counts from 1 over all rounds, `type` is the one of the quiz document, `correct` is the right answer as a
    text for people ("Paris; Lyon"), empty for a poll. `points` is the most that it could earn.
    """

    number: int
    round: str
    type: str
    text: str
    correct: str
    points: int
    voided: bool = False


class PlayerRow(Struct, frozen=True, kw_only=True):
    """One player's end result. `correct` counts fully right answers, `response_ms` is what ties are broken by."""

    rank: int
    player_id: PlayerId
    nickname: str
    points: int
    correct: int
    response_ms: Millis


class AnswerRow(Struct, frozen=True, kw_only=True):
    """One stored answer.

    `answer` is a text for people: the words of choices or items rather than their indexes ("Paris; Lyon"), or the
    number itself. `correct` is None for a poll and for a voided question, and True only at full credit. `response_ms`
    is how long the question had been open, `received_at` when the answer's packet arrived, since the epoch. Answers of
    a player who was removed earn what they earned, but are not among the end results.
    """

    question: int
    question_text: str
    player_id: PlayerId
    nickname: str
    answer: str | int | float
    correct: bool | None
    points: int
    response_ms: Millis
    received_at: Millis
    removed: bool = False


class ResultsHead(Struct, frozen=True, kw_only=True):
    """A session without its answers, which are many. `started_at`, when it was made, is since the epoch."""

    title: str
    pin: Pin
    started_at: Millis
    questions: Sequence[QuestionRow]
    players: Sequence[PlayerRow]


class ResultsFile(Protocol):
    """A file of results that grows. Sync: callers use a thread."""

    def add(self, answers: Sequence[AnswerRow]) -> None:
        """Write some more answers; they come in the order in which they shall be listed."""
        ...

    def close(self) -> None:
        """Write what belongs at the end; nothing can be added after that. The file underneath stays open."""
        ...


class ResultFiles(Protocol):
    """Files of results by the name of their format. No text in them is taken for a formula by a spreadsheet."""

    @property
    def writable(self) -> Collection[str]:
        """Formats that can be written."""
        ...

    def kind(self, format_name: str) -> FileKind:
        """How files of a format travel."""
        ...

    def begin(self, format_name: str, head: ResultsHead, file: BinaryIO) -> ResultsFile:
        """Begin to write a file of a format; it can be written and sought."""
        ...
