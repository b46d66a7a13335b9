"""Events out to clients, and word to other nodes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Protocol

from quiz.domain.announce import Audience, Earned
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.messages import ServerEvent
from quiz.game.notices import Notice, RoomEvent


class Fanout(Protocol):
    """Events out to connected clients: `announce` and `inform` reach all nodes, the others clients of this node only.

    At most once and never waiting for a client or another node: a client that is too slow or away gets a snapshot when
    it is back, a node that has missed something looks into the database. Events of one session arrive at one client in
    the order they were published here. None of these raises because others are out of reach.
    """

    def announce(
        self, session_id: SessionId, events: Sequence[RoomEvent], notice: Notice, earned: Earned
    ) -> AsyncIterator[str]:
        """Send events to clients of all nodes, and tell the other nodes what they mean: all of it or nothing arrives.

        With a `reveal` each player here is sent what `earned` says, in one go.

        Gives the name of each event when clients of this node have been sent it; you must go through all of them.
        """
        ...

    async def inform(self, session_id: SessionId, audience: Audience, notice: Notice) -> None:
        """Tell the other nodes that have clients of this audience."""
        ...

    async def publish(
        self, session_id: SessionId, audience: Audience, event: ServerEvent, earned: Earned | None = None
    ) -> None:
        """Send an event to clients of this node; `earned` as in `announce`."""
        ...

    async def tell(self, session_id: SessionId, player_id: PlayerId, event: ServerEvent) -> None:
        """Send an event to one player's connections to this node."""
        ...

    async def tell_each(self, session_id: SessionId, events: Iterable[tuple[PlayerId, ServerEvent]]) -> None:
        """Send each of these players an event of their own, to their connections to this node."""
        ...

    async def part(self, session_id: SessionId, player_id: PlayerId) -> None:
        """End all connections of a player to this node."""
        ...

    async def resync(self, session_id: SessionId) -> None:
        """Send every client of the session that is connected to this node a fresh snapshot."""
        ...

    def reaches(self, session_id: SessionId, audience: Audience) -> bool:
        """Whether a client of this audience is connected to this node."""
        ...

    def players_here(self, session_id: SessionId) -> Collection[PlayerId]:
        """The players who are connected to this node."""
        ...
