"""The application that every server of the comparison speaks.

Anyone may connect, and is in the one room. `blast {"count": n, "size": bytes, "gap_ms": g}` from any client broadcasts
n events `["tick", {"seq": i, "at": microseconds, "pad": "…"}]` to the room, g milliseconds after each other; `size` is
the length of a whole packet as text, from the `42` on. `echo` is acked with `{"ok": true}`, and nothing is stored.
A server prints `ready` when it takes connections, and runs until it is killed.
"""

from __future__ import annotations

import argparse
import time

import msgspec

ROOM = "all"
ACK = {"ok": True}
_AROUND = len('42["tick",{"seq":,"at":,"pad":""}]')


class Blast(msgspec.Struct, frozen=True):
    """What a client asks for with `blast`."""

    count: int
    size: int
    gap_ms: int


def tick(seq: int, size: int) -> dict[str, int | str]:
    """The payload of one broadcast; `at` is its moment of sending, microseconds of CLOCK_MONOTONIC."""
    at = time.monotonic_ns() // 1000
    return {"seq": seq, "at": at, "pad": "x" * (size - _AROUND - len(str(seq)) - len(str(at)))}


def port_argument() -> int:
    """The port from the command line: `--port P`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    return int(parser.parse_args().port)
