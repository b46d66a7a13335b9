"""Sweeps up after a cluster, also after one that was killed and could not do it itself.

A script for an interpreter without site packages:

    python -I -S janitor.py FOLDER

Its standard input is a pipe of which the cluster holds the only other end. On it the cluster notes its processes, a
line for each: `+PID` when it was started, `-PID` when it ended. When the pipe closes, the cluster is gone: the janitor
gives the processes that are left time to end, kills those that do not, and removes the folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

_END_S = 30.0
_SWEEP_S = 10.0
_LOOK_S = 0.05


def read_notes(lines: Iterable[str]) -> set[int]:
    """Who is left when the pipe closes."""
    left: set[int] = set()
    for line in lines:
        with suppress(ValueError):
            pid = int(line)
            (left.add if pid > 0 else left.discard)(abs(pid))
    return left


def alive(pid: int) -> bool:
    """Whether there is such a process, and not only its exit status waiting for somebody to read it."""
    with suppress(OSError):
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(") ")[2][:1] not in "ZX"
        )
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _wait_for(reached: Callable[[], bool], limit_s: float) -> bool:
    until = time.monotonic() + limit_s
    while not reached():
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_S)
    return True


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def sweep(folder: Path, left: set[int]) -> None:
    """Wait for `left` to end, then remove `folder`."""
    if sys.platform != "linux":  # there the kernel has told them
        _signal(left, signal.SIGTERM)
    _signal(left, signal.SIGCONT)  # one that is suspended would never end
    if not _wait_for(lambda: not any(map(alive, left)), _END_S):
        _signal(left, signal.SIGKILL)
        _signal((-pid for pid in left), signal.SIGKILL)  # their groups

    def removed() -> bool:
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    _wait_for(removed, _SWEEP_S)


if __name__ == "__main__":
    # It has to outlive the terminal, whose Ctrl-C and hang-up are meant for the cluster.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sweep(Path(sys.argv[1]), read_notes(sys.stdin))
