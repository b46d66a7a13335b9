"""The clock of a node that is alone: its own."""

from __future__ import annotations

import time

from quiz.domain.ids import Millis


class SystemClock:
    """The `Clock` port over the machine's clock."""

    def now(self) -> Millis:
        """Milliseconds since the epoch."""
        return Millis(time.time_ns() // 1_000_000)
