"""The service's clock as seen from this process."""

from __future__ import annotations

import time
from typing import Final

_SAMPLES: Final = 20


class ServiceClock:
    """Knows how far the service's clock is ahead of this one, from the quickest of the first few `time` calls."""

    def __init__(self) -> None:
        self._samples = 0
        self._best_s = float("inf")
        self._ahead_ms = 0.0

    @property
    def wants_samples(self) -> bool:
        return self._samples < _SAMPLES

    @property
    def is_set(self) -> bool:
        """Whether there was an answer yet."""
        return self._samples > 0

    def learn(self, sent_s: float, now_ms: int) -> None:
        """Take in an answer that has just come to a call sent at `sent_s` of `time.time`."""
        self._samples += 1
        back_s = time.time()
        if back_s - sent_s < self._best_s:
            self._best_s = back_s - sent_s
            self._ahead_ms = now_ms - (sent_s + back_s) * 500

    def now_ms(self) -> float:
        """Milliseconds since the epoch."""
        return time.time() * 1000 + self._ahead_ms
