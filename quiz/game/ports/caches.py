"""What may be forgotten at any time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from quiz.domain.ids import SessionId
from quiz.domain.standings import Standing


class StandingsPart(Struct, frozen=True):
    """A stretch of the standings; `total` is how many players stand in them."""

    total: int
    lines: Sequence[Standing]


class StandingsCache(Protocol):
    """Standings that all nodes share. A cache: it may forget at any time, and never raises."""

    async def put(self, session_id: SessionId, version: int, standings: Sequence[Standing]) -> None:
        """Keep all standings of one version; those of an older version are dropped, a newer one stays."""
        ...

    async def part(self, session_id: SessionId, version: int, offset: int, limit: int) -> StandingsPart | None:
        """Lines of this very version in the order of `rank_players`; None when they are not here."""
        ...


class ContentCache(Protocol):
    """Bytes that all nodes share for a while. A cache: it may forget at any time, and never raises."""

    async def get(self, kind: str, key: str) -> bytes | None: ...

    async def put(self, kind: str, key: str, content: bytes) -> None:
        """Keep `content` as long as the settings say for its kind."""
        ...
