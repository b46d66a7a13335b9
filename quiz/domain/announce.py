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


def room_events(decision: Decision, board: Board) -> Iterator[tuple[Audience, ServerEvent]]:
    """The events of one decision that are the same for everyone in a room, in order.

    Args:
        board: seats and totals after the decision.
    """
    before, after = decision.before, decision.after
    version = after.version
    if after.phase is Phase.QUESTION and (before.question, before.closes_at) != (after.question, after.closes_at):
        assert after.opens_at is not None  # noqa: S101  (a question that is open has opened)
        view = after.script.view(after.question, after.opens_at, after.closes_at)
        yield (
            Audience.ALL,
            QuestionEvent(version=version, question=view, opens_at=view.opens_at, closes_at=view.closes_at),
        )
    if isinstance(decision.command, Lock | Unlock):
        yield Audience.STAFF, Lobby(version=version, players=len(board), joined=[], left=[], locked=after.locked)
    if before.phase is after.phase:
        return
    if after.phase is Phase.REVEAL and board.reveal is not None:
        yield Audience.ALL, Reveal(version=version, **msgspec.structs.asdict(board.reveal))
    if after.phase is Phase.STANDINGS:
        table = board.table()
        yield Audience.ALL, Standings(version=version, top=table.top, of=table.of)
    if after.phase is Phase.FINISHED:
        yield Audience.ALL, Finished(version=version, podium=board.podium(), of=len(board), top=board.table().top)


def results(decision: Decision, board: Board) -> Iterator[tuple[PlayerId, Result]]:
    """Each player's own result, when the decision closed a question."""
    if decision.closes is None:
        return
    for player in board.seats:
        if (view := board.result(decision.closes, player)) is not None:
            yield player, Result(version=decision.after.version, **msgspec.structs.asdict(view))


def rewrites_the_past(decision: Decision) -> bool:
    """Whether totals, ranks or the number of players already shown have changed, so that all need a fresh snapshot."""
    return isinstance(decision.command, Void | Kick)
