"""How late the event loop wakes up: the first thing to look at when a node feels slow."""

from __future__ import annotations

import asyncio
from typing import Final

from quiz.observe.metrics import Metrics

INTERVAL_S: Final = 0.5


async def measure_lag(metrics: Metrics) -> None:
    """Measure for ever; the caller owns the task."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + INTERVAL_S
        await asyncio.sleep(INTERVAL_S)
        metrics.loop_lag.observe(max(0.0, loop.time() - due))
