"""What may be asked of a session: by its host, by a deadline, or by the overflow queue. A closed union."""

from __future__ import annotations

from msgspec import Struct

from quiz.domain.ids import Millis, PlayerId


class Start(Struct, frozen=True):
    """Open the first question."""


class Next(Struct, frozen=True):
    """Go to whatever comes next."""


class Close(Struct, frozen=True):
    """End the open question early."""


class Extend(Struct, frozen=True):
    """Move the open question's deadline."""

    by: Millis


class Deadline(Struct, frozen=True):
    """The open question's time is up."""

    question: int


class Lock(Struct, frozen=True):
    """Let nobody in any more."""


class Unlock(Struct, frozen=True):
    """Let players in again."""


class Kick(Struct, frozen=True):
    """Take a player's seat away."""

    player: PlayerId


class Dismiss(Struct, frozen=True):
    """Take several seats away in one step; players who have none are passed over."""

    players: tuple[PlayerId, ...]


class Readmit(Struct, frozen=True):
    """Give a player whose seat was taken away the same seat again."""

    player: PlayerId


class Void(Struct, frozen=True):
    """Make a closed question count for nobody."""

    question: int


class Recount(Struct, frozen=True):
    """Compute all totals anew: an answer that was taken in time reached the rows after its question had closed."""


class End(Struct, frozen=True):
    """Finish the game now, scoring a question that is open."""


Command = Start | Next | Close | Extend | Deadline | Lock | Unlock | Kick | Dismiss | Readmit | Void | Recount | End
