"""What a connected client may call: one table of events, payloads, acks, and the roles that may send them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from quiz.domain.commands import Close, Command, End, Extend, Kick, Lock, Next, Readmit, Start, Unlock, Void
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.roles import Role

Version = Annotated[int, Meta(ge=0, description="The version of the session that the host has seen.")]


_STORABLE: Final = r"^[^\x00-\x1f\ud800-\udfff]*$"
"""No control characters and no half characters, which databases do not store."""


class Call(Struct, frozen=True, forbid_unknown_fields=True):
    """A payload; unknown fields are refused."""


class AnswerCall(Call, frozen=True):
    """A player's answer. `id` is made by the client and the same on every retry."""

    question: Annotated[int, Meta(ge=1, description="The number in `state`.")]
    answer: list[int] | int | float | str
    id: Annotated[str, Meta(min_length=1, max_length=100, pattern=_STORABLE)]


class TimeCall(Call, frozen=True):
    """Asks for the service's clock."""


class VersionedCall(Call, frozen=True):
    """A host command that needs nothing but the version it was decided on."""

    version: Version


class ExtendCall(Call, frozen=True):
    """Moves the deadline of the open question."""

    version: Version
    seconds: Annotated[int, Meta(ge=1, le=3600)]


class KickCall(Call, frozen=True):
    """Takes a player's seat away, whatever the version."""

    player_id: PlayerId


class ReadmitCall(Call, frozen=True):
    """Gives a player whose seat was taken away the same seat again, whatever the version, locked or not."""

    player_id: PlayerId


class VoidCall(Call, frozen=True):
    """Makes a closed question count for nobody."""

    version: Version
    question: Annotated[int, Meta(ge=1)]


class AnswerAck(Struct, frozen=True):
    """The answer is stored (`saved`), or safe and on its way (`queued`). The same bytes for every retry."""

    ok: Literal[True]
    status: Literal["saved", "queued"]
    received_at: Millis


class TimeAck(Struct, frozen=True):
    """The service's clock, in milliseconds since the epoch."""

    ok: Literal[True]
    now: Millis


class CommandAck(Struct, frozen=True):
    """The command was carried out and led to `version`."""

    ok: Literal[True]
    version: int


class CallError(Struct, frozen=True, omit_defaults=True):
    """`code` is a key of the table of errors; with `retry` the same call may succeed later."""

    code: str
    message: str
    retry: bool
    version: int | None = None


class ErrorAck(Struct, frozen=True):
    """The call changed nothing."""

    ok: Literal[False]
    error: CallError


Ack = AnswerAck | TimeAck | CommandAck | ErrorAck


class Row(Struct, frozen=True):
    """A line of the table: what an event carries, what acks it, who may send it."""

    payload: type[Call]
    ack: type[AnswerAck | TimeAck | CommandAck]
    roles: frozenset[Role]


_ANY: Final = frozenset(Role)
_PLAYER: Final = frozenset({Role.PLAYER})
_HOST: Final = frozenset({Role.HOST})

CALLS: Final[dict[str, Row]] = {
    "answer": Row(AnswerCall, AnswerAck, _PLAYER),
    "time": Row(TimeCall, TimeAck, _ANY),
    "start": Row(VersionedCall, CommandAck, _HOST),
    "next": Row(VersionedCall, CommandAck, _HOST),
    "close": Row(VersionedCall, CommandAck, _HOST),
    "lock": Row(VersionedCall, CommandAck, _HOST),
    "unlock": Row(VersionedCall, CommandAck, _HOST),
    "end": Row(VersionedCall, CommandAck, _HOST),
    "extend": Row(ExtendCall, CommandAck, _HOST),
    "kick": Row(KickCall, CommandAck, _HOST),
    "readmit": Row(ReadmitCall, CommandAck, _HOST),
    "void": Row(VoidCall, CommandAck, _HOST),
}

_PLAIN: Final[dict[str, Command]] = {
    "start": Start(),
    "next": Next(),
    "close": Close(),
    "lock": Lock(),
    "unlock": Unlock(),
    "end": End(),
}


def command_of(event: str, call: Call) -> tuple[Command, int | None]:
    """The command that a host's call stands for, and the version it was decided on (None: any)."""
    match call:
        case VersionedCall(version=version):
            return _PLAIN[event], version
        case ExtendCall(version=version, seconds=seconds):
            return Extend(Millis(seconds * 1000)), version
        case KickCall(player_id=player):
            return Kick(player), None
        case ReadmitCall(player_id=player):
            return Readmit(player), None
        case VoidCall(version=version, question=question):
            return Void(question), version
        case _:
            raise ValueError(f"{event} is not a host command")
