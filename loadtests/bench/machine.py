"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True):
    """Facts that a reader of the figures wants: they are of this machine on that day."""

    cpu: str
    cores: int
    memory_gb: int
    kernel: str
    date: str


def machine() -> Machine:
    """Look at this machine, now."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        cpu=models[0] if models else platform.machine(),
        cores=os.cpu_count() or 1,
        memory_gb=round(memory / 2**30),
        kernel=platform.release(),
        date=datetime.now(UTC).date().isoformat(),
    )
