"""Pauses between attempts to connect."""

from __future__ import annotations

import random
from typing import Final

from quiz.domain.ids import Millis

FIRST_MS: Final = 50


class Backoff:
    """Doubles from one attempt to the next up to a bound, and draws from it so that nodes do not all come at once."""

    def __init__(self, longest_ms: Millis) -> None:
        self._longest_ms = longest_ms
        self._next_ms: float = FIRST_MS

    def next_s(self) -> float:
        """How long to wait now, in seconds: from half the bound of this attempt to the whole of it."""
        bound_ms = min(self._next_ms, self._longest_ms)
        self._next_ms = min(bound_ms * 2, self._longest_ms)
        return random.uniform(0.5, 1.0) * bound_ms / 1000  # noqa: S311  (not a secret)

    def reset(self) -> None:
        """The last attempt went well."""
        self._next_ms = FIRST_MS
