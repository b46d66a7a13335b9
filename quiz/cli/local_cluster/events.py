"""What a local cluster tells of its parts while it runs."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class PartReady(Struct, frozen=True):
    """A part serves, `took_s` seconds after it was started."""

    name: str
    pid: int
    took_s: float


class PartDied(Struct, frozen=True):
    """A part ended that nobody had stopped. It is started again in `again_in_s` seconds; None: it is left as it is.

    `status` is its exit status, or minus the signal that ended it.
    """

    name: str
    status: int
    last_lines: list[str]
    again_in_s: float | None


class PartFailed(Struct, frozen=True):
    """A part could not be started again; it is tried once more in `again_in_s` seconds."""

    name: str
    reason: str
    again_in_s: float


class PartStopped(Struct, frozen=True):
    """A part was stopped, which took it `took_s` seconds."""

    name: str
    took_s: float


class TablesReady(Struct, frozen=True):
    """The database has the tables of this code."""

    took_s: float


Event = PartReady | PartDied | PartFailed | PartStopped | TablesReady
Tell = Callable[[Event], None]


class CannotStart(Exception):
    """A part does not come up; `last_lines` are the last of its log."""

    def __init__(self, name: str, reason: str, last_lines: list[str] | None = None) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name
        self.reason = reason
        self.last_lines = last_lines or []
