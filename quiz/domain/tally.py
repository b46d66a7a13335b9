"""Points of a whole session: folded question by question, or counted anew; both give the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from quiz.domain.grading import Grader
from quiz.domain.ids import Millis, PlayerId, SubmissionId
from quiz.domain.messages import Answer
from quiz.domain.quiz import PollQuestion
from quiz.domain.scoring import Award, Score, award_for
from quiz.domain.session import Phase, Session


class StoredAnswer(Struct, frozen=True, gc=False):
    """An answer as it was committed. `elapsed_ms` runs from `opens_at` to the arrival of its packet."""

    player_id: PlayerId
    question: int
    submission: SubmissionId
    answer: Answer
    received_at: Millis
    elapsed_ms: Millis


class Tally(Struct, frozen=True, gc=False):
    """A player's totals after a closed question, and what that question earned; `last` is None before any close."""

    score: Score = Score()
    last: Award | None = None


Answers = Mapping[PlayerId, StoredAnswer]
Tallies = Mapping[PlayerId, Tally]

NOTHING: Final = Tally()
UNSCORED: Final = Award(points=0, correct=None, time_ms=Millis(0))
"""What a poll or a void question earns."""
MISSED: Final = Award(points=0, correct=False, time_ms=Millis(0))
"""What no answer to a scored question earns."""


def score_question(
    session: Session, number: int, answers: Answers, tallies: Tallies, players: Iterable[PlayerId]
) -> dict[PlayerId, Tally]:
    """The tallies after question `number`, from those before it and the question's answers."""
    if number in session.voided:
        return {player: Tally(tallies.get(player, NOTHING).score, UNSCORED) for player in players}
    question, mode = session.script.question(number), session.settings.scoring
    missed = UNSCORED if isinstance(question, PollQuestion) else MISSED
    grader = Grader(question, session.script.shown(number))
    after: dict[PlayerId, Tally] = {}
    for player in players:
        before = tallies.get(player, NOTHING)
        if (stored := answers.get(player)) is None:
            after[player] = Tally(before.score.after(question, None), missed)
        else:
            earned = award_for(question, grader.grade(stored.answer), stored.elapsed_ms, mode)
            after[player] = Tally(before.score.after(question, earned), earned)
    return after


def recount(session: Session, answers: Mapping[int, Answers], players: Iterable[PlayerId]) -> dict[PlayerId, Tally]:
    """The tallies of all closed questions, from nothing but the answers.

    Args:
        answers: every stored answer, by question number.
    """
    seated = tuple(players)
    tallies: dict[PlayerId, Tally] = {}
    for number in range(1, closed_questions(session) + 1):
        tallies = score_question(session, number, answers.get(number, {}), tallies, seated)
    return tallies


def closed_questions(session: Session) -> int:
    """How many questions have been closed."""
    return session.question - (session.phase is Phase.QUESTION)
