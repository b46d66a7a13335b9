"""The session's state machine: one table, one pure function.

`TABLE` says which command does what in which phase; a pair that is not in it is refused. The diagram in
`docs/session.md` is drawn from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

import msgspec
from msgspec import Struct

from quiz.domain.commands import (
    Close,
    Command,
    Deadline,
    Dismiss,
    End,
    Extend,
    Kick,
    Lock,
    Next,
    Readmit,
    Recount,
    Start,
    Unlock,
    Void,
)
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.session import Phase, Session

EXTEND_MAX: Final = Millis(3_600_000)
"""Longest a single `Extend` may be."""


class Refusal(Struct, frozen=True):
    """The command changes nothing. `code` is a key of `refusals.REFUSALS`."""

    code: str
    message: str


class Decision(Struct, frozen=True, kw_only=True):
    """The next version of a session and what must be written with it, in one transaction.

    `closes` is the number of a question to be scored now, `recounts` asks for all totals anew, `kicks` names the
    players whose seats go, `readmits` the one who gets a lost seat again, with what all answers from it are worth.
    """

    command: Command
    before: Session
    after: Session
    closes: int | None = None
    recounts: bool = False
    kicks: tuple[PlayerId, ...] = ()
    readmits: PlayerId | None = None


Outcome = Decision | Refusal


def decide(session: Session, command: Command, now: Millis) -> Outcome:
    """What `command` does to `session` at `now`. Total: every pair of session and command has an answer."""
    rule = TABLE.get((session.phase, type(command)))
    if rule is None:
        return Refusal("wrong_phase", f"This cannot be done while the session is in {session.phase.value}.")
    return rule.apply(session, command, now)


class Rule(Struct, frozen=True):
    """A row of the table: what happens, and the phases it may lead to (for the diagram)."""

    apply: Callable[[Session, Command, Millis], Outcome]
    to: tuple[Phase, ...]


def _advance(session: Session, **changes: object) -> Session:
    return msgspec.structs.replace(session, version=session.version + 1, **changes)


def _open(session: Session, command: Command, now: Millis) -> Outcome:
    number = session.question + 1
    limit = session.script.question(number).time_limit
    opens_at = Millis(now + session.settings.lead_in_ms)
    after = _advance(
        session,
        phase=Phase.QUESTION,
        question=number,
        opens_at=opens_at,
        closes_at=None if limit is None else Millis(opens_at + limit * 1000),
    )
    return Decision(command=command, before=session, after=after)


def _open_or_finish(session: Session, command: Command, now: Millis) -> Outcome:
    if session.question < session.script.length:
        return _open(session, command, now)
    return _finish(session, command, now)


def _close(session: Session, command: Command, now: Millis) -> Outcome:
    closes_at = now if session.closes_at is None else min(now, session.closes_at)
    after = _advance(session, phase=Phase.REVEAL, closes_at=closes_at)
    return Decision(command=command, before=session, after=after, closes=session.question)


def _close_when_due(session: Session, command: Command, now: Millis) -> Outcome:
    deadline = cast(Deadline, command)
    if deadline.question != session.question or session.closes_at is None or now < session.closes_at:
        return Refusal("not_due", "The question is not due.")
    return _close(session, command, now)


def _extend(session: Session, command: Command, now: Millis) -> Outcome:
    extend = cast(Extend, command)
    if session.closes_at is None:
        return Refusal("invalid", "The question has no time limit to extend.")
    if now > session.closes_at:
        return Refusal("wrong_phase", "The time is up: answers that came after it have been refused.")
    if not 0 < extend.by <= EXTEND_MAX:
        return Refusal("invalid", f"Give between 1 and {EXTEND_MAX // 1000} seconds.")
    after = _advance(session, closes_at=Millis(session.closes_at + extend.by))
    return Decision(command=command, before=session, after=after)


def _show_standings(session: Session, command: Command, now: Millis) -> Outcome:
    return Decision(command=command, before=session, after=_advance(session, phase=Phase.STANDINGS))


def _finish(session: Session, command: Command, now: Millis) -> Outcome:
    return Decision(command=command, before=session, after=_advance(session, phase=Phase.FINISHED))


def _close_and_finish(session: Session, command: Command, now: Millis) -> Outcome:
    """An answer that was acked counts, so ending the game scores the question that is open."""
    closes_at = now if session.closes_at is None else min(now, session.closes_at)
    after = _advance(session, phase=Phase.FINISHED, closes_at=closes_at)
    return Decision(command=command, before=session, after=after, closes=session.question)


def _lock(session: Session, command: Command, now: Millis) -> Outcome:
    return Decision(command=command, before=session, after=_advance(session, locked=True))


def _unlock(session: Session, command: Command, now: Millis) -> Outcome:
    return Decision(command=command, before=session, after=_advance(session, locked=False))


def _kick(session: Session, command: Command, now: Millis) -> Outcome:
    kicked = (cast(Kick, command).player,)
    return Decision(command=command, before=session, after=_advance(session), kicks=kicked)


def _dismiss(session: Session, command: Command, now: Millis) -> Outcome:
    return Decision(command=command, before=session, after=_advance(session), kicks=cast(Dismiss, command).players)


def _readmit(session: Session, command: Command, now: Millis) -> Outcome:
    player = cast(Readmit, command).player
    return Decision(command=command, before=session, after=_advance(session), readmits=player)


def _void(session: Session, command: Command, now: Millis) -> Outcome:
    number = cast(Void, command).question
    if not 1 <= number <= session.question:
        return Refusal("invalid", f"There was no question {number} yet.")
    if number == session.question and session.phase is Phase.QUESTION:
        return Refusal("wrong_phase", "Close the question before voiding it.")
    if number in session.voided:
        return Refusal("invalid", f"Question {number} is void already.")
    voided = tuple(sorted((*session.voided, number)))
    return Decision(command=command, before=session, after=_advance(session, voided=voided), recounts=True)


def _recount(session: Session, command: Command, now: Millis) -> Outcome:
    return Decision(command=command, before=session, after=_advance(session), recounts=True)


_ALIVE: Final = (Phase.LOBBY, Phase.QUESTION, Phase.REVEAL, Phase.STANDINGS)

TABLE: Final[dict[tuple[Phase, type], Rule]] = {
    (Phase.LOBBY, Start): Rule(_open, (Phase.QUESTION,)),
    (Phase.LOBBY, Next): Rule(_open, (Phase.QUESTION,)),
    (Phase.QUESTION, Next): Rule(_close, (Phase.REVEAL,)),
    (Phase.QUESTION, Close): Rule(_close, (Phase.REVEAL,)),
    (Phase.QUESTION, Deadline): Rule(_close_when_due, (Phase.REVEAL,)),
    (Phase.QUESTION, Extend): Rule(_extend, (Phase.QUESTION,)),
    (Phase.REVEAL, Next): Rule(_show_standings, (Phase.STANDINGS,)),
    (Phase.STANDINGS, Next): Rule(_open_or_finish, (Phase.QUESTION, Phase.FINISHED)),
    (Phase.LOBBY, End): Rule(_finish, (Phase.FINISHED,)),
    (Phase.QUESTION, End): Rule(_close_and_finish, (Phase.FINISHED,)),
    (Phase.REVEAL, End): Rule(_finish, (Phase.FINISHED,)),
    (Phase.STANDINGS, End): Rule(_finish, (Phase.FINISHED,)),
    **{(phase, Lock): Rule(_lock, (phase,)) for phase in _ALIVE},
    **{(phase, Unlock): Rule(_unlock, (phase,)) for phase in _ALIVE},
    **{(phase, Kick): Rule(_kick, (phase,)) for phase in Phase},
    **{(phase, Dismiss): Rule(_dismiss, (phase,)) for phase in Phase},
    **{(phase, Readmit): Rule(_readmit, (phase,)) for phase in Phase},
    **{(phase, Void): Rule(_void, (phase,)) for phase in Phase if phase is not Phase.LOBBY},
    **{(phase, Recount): Rule(_recount, (phase,)) for phase in Phase if phase is not Phase.LOBBY},
}
