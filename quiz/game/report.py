"""What the report of a session says: how each question went, and what one player gave."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from quiz.domain.ids import Millis, Pin, PlayerId
from quiz.domain.messages import Correct
from quiz.domain.quiz import QuestionType

WRONG_ANSWERS_MAX = 5
"""Most wrong answers that are told of one question."""


class WrongAnswer(Struct, frozen=True):
    """A text or number that was not right, and how many gave it.

    Texts that are the same but for case, accents and spaces count as one, told as it was typed first.
    """

    answer: str | int | float
    count: int


class QuestionReport(Struct, frozen=True, kw_only=True):
    """How one question went, by the answers of players who still have their seat.

    `correct` is what was right: indexes into `choices` (`choice`), the number, right within `tolerance` (`numeric`),
    the accepted texts (`text`), the items in their order (`order`), or an empty list (`poll`). `asked` is whether the
    question has been asked and has closed; without it nothing has been counted. `players` is how many have a seat,
    `answered` how many of them have given an answer.

    `counts` are answers by choice, null where there are no choices. `right`, `partly` and `wrong` say how the answers
    were graded, `partly` being less than full credit; for a poll they are 0. `right_share` is `right` of `answered`,
    from 0 to 1, and `points_mean` the mean of what the answers earned; both are null for polls, void questions and
    questions that nobody answered, and the response times are null for the last. `commonest_wrong` has at most five
    texts or numbers that were given, the most frequent first.
    """

    number: int
    round: str
    type: QuestionType
    text: str
    points: int
    choices: Sequence[str] | None
    correct: Correct
    tolerance: int | float | None
    asked: bool
    voided: bool
    players: int
    answered: int
    counts: Sequence[int] | None
    right: int
    partly: int
    wrong: int
    right_share: float | None
    mean_response_ms: float | None
    median_response_ms: float | None
    points_mean: float | None
    commonest_wrong: Sequence[WrongAnswer]


class Report(Struct, frozen=True, kw_only=True):
    """A session question by question, by the answers of players who still have their seat.

    `started_at` is when the session was made, `finished_at` when it finished, null while it runs. `asked` is how many
    questions have been asked and have closed, `answers` how many answers these got, `right_share` how many of those
    that count were right, from 0 to 1: null without any.
    """

    title: str
    pin: Pin
    started_at: Millis
    finished_at: Millis | None
    players: int
    asked: int
    answers: int
    right_share: float | None
    questions: Sequence[QuestionReport]


class PlayerAnswer(Struct, frozen=True):
    """An answer in words, or the number that it is. `correct` is null for a poll and for a void question."""

    question: int
    text: str
    answer: str | int | float
    correct: bool | None
    points: int
    response_ms: Millis


class PlayerAnswers(Struct, frozen=True):
    """One player's place and answers to the questions that have closed, in their order.

    Somebody who was removed has no `rank` and no totals, but still the answers given.
    """

    player_id: PlayerId
    nickname: str
    rank: int | None
    points: int
    correct: int
    answers: Sequence[PlayerAnswer]
