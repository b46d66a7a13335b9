"""Waiting before trying again, so that bots cut off together do not come back together."""

from __future__ import annotations

from random import Random

_DOUBLINGS_MAX = 30


def full_jitter(failures: int, base_s: float, cap_s: float, random: Random) -> float:
    """Seconds to wait: anywhere from nothing to `base_s`, which doubles with each of the `failures` up to `cap_s`."""
    return random.uniform(0, min(cap_s, base_s * 2 ** min(failures, _DOUBLINGS_MAX)))
