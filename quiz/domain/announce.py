"""Who is told what after a decision: the events that bring every snapshot of the version before to the one after."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import msgspec

from quiz.domain.board import Board
from quiz.domain.commands import Kick, Lock, Unlock, Void
from quiz.domain.decide import Decision
from quiz.domain.ids import PlayerId
from quiz.domain.messages import Finished, Lobby, QuestionEvent, Result, Reveal, ServerEvent, Standings
from quiz.domain.session import Phase


class Audience(Enum):
    """Whom an event of a session goes to."""

    ALL = "all"
    STAFF = "staff"
    """Hosts and screens."""


def announcements(decision: Decision, board: Board) -> Iterator[tuple[Audience | PlayerId, ServerEvent]]:
    """The events of one decision, in the order in which they are to be sent: to a room, or to one player.

    Args:
        board: seats and totals after the decision; of a decision that closes a question also its reveal.
    """
    before, after = decision.before, decision.after
    version = after.version
    if after.phase is Phase.QUESTION and (before.question, before.closes_at) != (after.question, after.closes_at):
        assert after.opens_at is not None  # noqa: S101  (a question that is open has opened)
        view = after.script.view(after.question, after.opens_at, after.closes_at)
        opened = QuestionEvent(version=version, question=view, opens_at=view.opens_at, closes_at=view.closes_at)
        yield Audience.ALL, opened
    if isinstance(decision.command, Lock | Unlock):
        yield Audience.STAFF, Lobby(version=version, players=len(board), joined=[], left=[], locked=after.locked)
    if decision.closes is not None:
        if board.reveal is not None:
            yield Audience.ALL, Reveal(version=version, **msgspec.structs.asdict(board.reveal))
        for player in board.seats:
            if (earned := board.result(decision.closes, player)) is not None:
                yield player, Result(version=version, **msgspec.structs.asdict(earned))
    if before.phase is not after.phase and after.phase is Phase.STANDINGS:
        table = board.table()
        yield Audience.ALL, Standings(version=version, top=table.top, of=table.of)
    if before.phase is not after.phase and after.phase is Phase.FINISHED:
        yield Audience.ALL, Finished(version=version, podium=board.podium(), of=len(board), top=board.table().top)


def rewrites_the_past(decision: Decision) -> bool:
    """Whether totals, ranks or the number of players already shown have changed, so that all need a fresh snapshot."""
    return isinstance(decision.command, Void | Kick)
