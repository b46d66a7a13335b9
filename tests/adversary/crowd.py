"""Well-behaved players, and how quickly they are served."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from typing import Final

from tests.adversary.raw_websocket import RawWebSocket

PACE_S: Final = 0.125
"""How long each rests between two calls: below the ten a second that everybody may make."""
WINDOW_S: Final = 0.5
TIMES_SLOWER_MAX: Final = 12
"""So many times slower than before, in the best of the windows, is taken for harm and no longer for the machine."""


class Crowd:
    """Players who go on asking for the time."""

    def __init__(self, players: Sequence[RawWebSocket]) -> None:
        self.players = players

    async def p99s(self, windows: int = 2) -> list[float]:
        """How long the slowest hundredth of calls waits for an ack, in seconds, for each of some spans of time."""
        return [await self._p99() for _ in range(windows)]

    async def _p99(self) -> float:
        end_at = asyncio.get_running_loop().time() + WINDOW_S
        spans = await asyncio.gather(
            *(self._spans(player, index / len(self.players), end_at) for index, player in enumerate(self.players))
        )
        ranked = sorted(span for each in spans for span in each)
        return ranked[math.ceil(len(ranked) * 0.99) - 1]

    async def _spans(self, player: RawWebSocket, phase: float, end_at: float) -> list[float]:
        clock = asyncio.get_running_loop().time
        spans: list[float] = []
        await asyncio.sleep(phase * PACE_S)  # not all in the same moment
        while clock() < end_at or not spans:
            asked = clock()
            ack = await player.call("time")
            assert ack["ok"], ack
            spans.append(clock() - asked)
            await asyncio.sleep(PACE_S)
        return spans


def assert_unharmed(before: Sequence[float], during: Sequence[float]) -> None:
    """Check that calls are answered about as fast as before, leaving room for what else the machine does."""
    assert min(during) <= TIMES_SLOWER_MAX * max(before), (before, during)
