"""A session as one client may see it: the whole of it, at once."""

from __future__ import annotations

from itertools import islice

from quiz.domain.board import Board
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.messages import ROSTER_MAX, RosterEntry, State, You
from quiz.domain.roles import Role
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer, closed_questions


def player_snapshot(
    session: Session, board: Board, player: PlayerId, stored: StoredAnswer | None, now: Millis
) -> State:
    """What a player sees. `stored` is the player's answer to the current question, if there is one."""
    return _snapshot(session, board, now, you=_you(session, board, player, stored))


def staff_snapshot(session: Session, board: Board, role: Role, answered: int, now: Millis) -> State:
    """What a host or a screen sees. `answered` counts the stored answers to the current question."""
    newest = list(islice(board.seats.items(), max(0, len(board) - ROSTER_MAX), None))
    return _snapshot(
        session,
        board,
        now,
        answered=answered if session.phase in (Phase.QUESTION, Phase.REVEAL) else None,
        locked=session.locked,
        of=session.script.length,
        number=session.question or None,
        voided=list(session.voided) or None,
        roster=[RosterEntry(player, nickname) for player, nickname in newest] if role is Role.HOST else None,
        nicknames=[nickname for _, nickname in newest] if role is Role.SCREEN else None,
    )


def _snapshot(session: Session, board: Board, now: Millis, **own: object) -> State:
    phase = session.phase
    playing = phase in (Phase.QUESTION, Phase.REVEAL)
    ranked = phase in (Phase.STANDINGS, Phase.FINISHED)
    opens_at = session.opens_at
    view = session.script.view(session.question, opens_at, session.closes_at) if playing and opens_at else None
    return State(
        version=session.version,
        phase=phase.value,
        now=now,
        title=session.title,
        players=len(board),
        question=view,
        opens_at=opens_at if playing else None,
        closes_at=session.closes_at if playing else None,
        reveal=board.reveal if phase is Phase.REVEAL else None,
        standings=board.table() if ranked else None,
        podium=board.podium() if phase is Phase.FINISHED else None,
        **own,  # type: ignore[arg-type]
    )


def _you(session: Session, board: Board, player: PlayerId, stored: StoredAnswer | None) -> You:
    score = board.tally(player).score
    closed = closed_questions(session)
    playing = session.phase in (Phase.QUESTION, Phase.REVEAL)
    return You(
        player_id=player,
        nickname=board.seats[player],
        total=score.points,
        rank=board.rank(player),
        of=len(board),
        streak=score.streak,
        behind=board.ahead(player),
        answered=playing and stored is not None,
        answer=stored.answer if playing and stored else None,
        received_at=stored.received_at if playing and stored else None,
        result=board.result(closed, player) if closed and session.phase is not Phase.QUESTION else None,
    )
