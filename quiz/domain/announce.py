"""Who is told what of a step: the events that bring every snapshot of one version to that of the next.

A step is told from its two ends and not from the command between them, so that a node which finds it in the database
tells its clients the same as the node that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

import msgspec

from quiz.domain.board import Board
from quiz.domain.ids import PlayerId
from quiz.domain.messages import Finished, Lobby, QuestionEvent, Result, Reveal, ServerEvent, Standings
from quiz.domain.session import Phase, Session


class Audience(Enum):
    """Whom an event of a session goes to."""

    ALL = "all"
    STAFF = "staff"
    """Hosts and screens."""


Earned = Callable[[PlayerId], Result | None]
"""Says what a player has earned; None of one who has no seat."""


def closed_by(before: Session, after: Session) -> int | None:
    """The number of the question that was open before the step and is not after it."""
    if before.phase is Phase.QUESTION and after.phase is not Phase.QUESTION:
        return before.question
    return None


def announcements(before: Session, after: Session, board: Board) -> Iterator[tuple[Audience, ServerEvent]]:
    """The events of one step to whole rooms, in the order in which they are to be sent.

    Args:
        board: seats and totals after the step; of one that closes a question also its reveal.
    """
    version = after.version
    if after.phase is Phase.QUESTION and (before.question, before.closes_at) != (after.question, after.closes_at):
        assert after.opens_at is not None  # noqa: S101  (a question that is open has opened)
        view = after.script.view(after.question, after.opens_at, after.closes_at)
        opened = QuestionEvent(version=version, question=view, opens_at=view.opens_at, closes_at=view.closes_at)
        yield Audience.ALL, opened
    if _is_quiet(before, after):
        yield Audience.STAFF, Lobby(version=version, players=len(board), joined=[], left=[], locked=after.locked)
    if closed_by(before, after) is not None and board.reveal is not None:
        yield Audience.ALL, Reveal(version=version, **msgspec.structs.asdict(board.reveal))
    if before.phase is not after.phase and after.phase is Phase.STANDINGS:
        table = board.table()
        yield Audience.ALL, Standings(version=version, top=table.top, of=table.of)
    if before.phase is not after.phase and after.phase is Phase.FINISHED:
        yield Audience.ALL, Finished(version=version, podium=board.podium(), of=len(board), top=board.table().top)


def earnings(before: Session, after: Session, board: Board) -> Earned:
    """What a step that closes a question has earned each player; of other steps, None for everybody."""
    closed, version = closed_by(before, after), after.version

    def of(player: PlayerId) -> Result | None:
        if closed is None or (earned := board.result(closed, player)) is None:
            return None
        return Result(version=version, **msgspec.structs.asdict(earned))

    return of


def rewrites_the_past(before: Session, after: Session, old: Board, new: Board) -> bool:
    """Whether totals, ranks or the number of players already shown have changed, so that all need a fresh snapshot."""
    if before.voided != after.voided or old.without(new):
        return True
    if _is_quiet(before, after) and before.locked == after.locked and new.without(old):  # somebody is back
        return True
    if closed_by(before, after) is not None or before.question == 0:
        return False
    revealed_before = before.phase is after.phase is Phase.REVEAL and old.reveal != new.reveal
    return revealed_before or old.tallies != new.tallies


def _is_quiet(before: Session, after: Session) -> bool:
    """Whether the step left the phase and the question alone: then only the doors can have changed."""
    return (before.phase, before.question, before.closes_at) == (after.phase, after.question, after.closes_at)
