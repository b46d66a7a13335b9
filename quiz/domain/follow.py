"""The client's half of the law: a snapshot, followed by the events after it, equals a fresh snapshot.

What no event tells is left as the last snapshot had it: `now`, and for players how many others are seated.
"""

from __future__ import annotations

import msgspec

from quiz.domain.messages import (
    ROSTER_MAX,
    Finished,
    Lobby,
    PhaseName,
    Progress,
    QuestionEvent,
    Result,
    ResultView,
    Reveal,
    RevealView,
    ServerEvent,
    Standings,
    State,
    Table,
    You,
)

replace = msgspec.structs.replace


def follow(state: State, event: ServerEvent) -> State:
    """The state after `event`. An event older than the state changes nothing."""
    if isinstance(event, State):
        return event
    if event.version < state.version:
        return state
    match event:
        case QuestionEvent():
            return _question(state, event)
        case Reveal():
            return _reveal(state, event)
        case Standings():
            return _between(state, event.version, "standings", Table(event.top, event.of))
        case Finished():
            after = _between(state, event.version, "finished", Table(event.top, event.of))
            return replace(after, podium=event.podium)
        case Result():
            result = ResultView(**_fields(event))  # type: ignore[arg-type]
            you = state.you and replace(
                state.you,
                total=event.total,
                rank=event.rank,
                of=event.of,
                streak=event.streak,
                behind=event.behind,
                result=result,
            )
            return replace(state, version=event.version, you=you)
        case Progress():
            same = state.question is not None and state.question.number == event.question
            return replace(
                state, version=event.version, players=event.players, answered=event.answered if same else state.answered
            )
        case Lobby():
            return _lobby(state, event)
        case _:
            return replace(state, version=event.version)


def _question(state: State, event: QuestionEvent) -> State:
    moved = state.question is not None and state.phase == "question" and state.question.number == event.question.number
    after = state if moved else _cleared(state)
    return replace(
        after,
        version=event.version,
        phase="question",
        question=event.question,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        you=state.you if moved or state.you is None else replace(_unanswered(state.you), result=None),
        answered=state.answered if moved else 0 if _is_staff(state) else None,
        number=event.question.number if _is_staff(state) else None,
    )


def _reveal(state: State, event: Reveal) -> State:
    view = state.question and replace(state.question, closes_at=event.closed_at)
    return replace(
        state,
        version=event.version,
        phase="reveal",
        reveal=RevealView(**_fields(event)),  # type: ignore[arg-type]
        question=view,
        closes_at=event.closed_at,
        answered=None if state.answered is None else event.answered,
    )


def _between(state: State, version: int, phase: PhaseName, table: Table) -> State:
    you = state.you and _unanswered(state.you)
    return replace(_cleared(state), version=version, phase=phase, standings=table, you=you)


def _lobby(state: State, event: Lobby) -> State:
    """Seats are told of in batches, so a snapshot may know of some before their event comes."""
    roster, nicknames = state.roster, state.nicknames
    if roster is not None:
        kept = [seat for seat in roster if seat.nickname not in event.left]
        roster = [*kept, *(seat for seat in event.seats if seat not in kept)][-ROSTER_MAX:]
    if nicknames is not None:
        names = [name for name in nicknames if name not in event.left]
        nicknames = [*names, *(name for name in event.joined if name not in names)][-ROSTER_MAX:]
    return replace(
        state,
        version=event.version,
        players=event.players,
        locked=event.locked,
        roster=roster,
        nicknames=nicknames,
    )


def _cleared(state: State) -> State:
    """Without what belongs to one question or one table."""
    return replace(
        state,
        question=None,
        opens_at=None,
        closes_at=None,
        reveal=None,
        standings=None,
        podium=None,
        answered=None,
    )


def _unanswered(you: You) -> You:
    return replace(you, answered=False, answer=None, received_at=None)


def _is_staff(state: State) -> bool:
    """Only hosts and screens are told whether the doors are locked."""
    return state.locked is not None


def _fields(event: Reveal | Result) -> dict[str, object]:
    fields = msgspec.structs.asdict(event)
    del fields["version"]
    return fields
