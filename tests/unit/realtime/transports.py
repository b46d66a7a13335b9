"""The wire below a session, held in the hand: what a client has read, and which timers go off, is up to the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from quiz.realtime.wheel import Timer, TimerWheel


class Pipe(asyncio.Transport):
    """Holds what is written until its client reads, and tells its protocol when there is too much of it."""

    def __init__(self) -> None:
        super().__init__()
        self.protocol: asyncio.Protocol | None = None
        self.taken = b""
        """What the client has read."""
        self.aborted = asyncio.Event()
        self._held = b""
        self._high = self._low = 0
        self._paused = False
        self._closing = False

    def client_reads(self, size: int | None = None) -> None:
        """Let the client take so many bytes, or everything."""
        size = len(self._held) if size is None else size
        self.taken, self._held = self.taken + self._held[:size], self._held[size:]
        if self._paused and len(self._held) <= self._low and self.protocol is not None:
            self._paused = False
            self.protocol.resume_writing()

    def client_hangs_up(self) -> None:
        """End the connection."""
        self._closing = True
        if self.protocol is not None:
            self.protocol.connection_lost(None)

    # What follows is what a transport of the event loop does.

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high, self._low = high or 0, low or 0

    def get_write_buffer_size(self) -> int:
        return len(self._held)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._held += data
        if not self._paused and len(self._held) > self._high and self.protocol is not None:
            self._paused = True
            self.protocol.pause_writing()

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True
        if not self._held:
            self.client_hangs_up()

    def abort(self) -> None:
        if not self.aborted.is_set():
            self.aborted.set()
            self._held = b""
            asyncio.get_running_loop().call_soon(self.client_hangs_up)

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class StuckTransport(Pipe):
    """Its close never completes, because its client never reads what was written before."""

    def close(self) -> None:
        self._closing = True


class HandTurned(TimerWheel):
    """Its timers go off when the test turns it."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 0.0
        self._due: dict[float, dict[Timer, None]] = {}

    def call_in(self, delay_s: float, callback: Callable[[], object]) -> Timer:
        slot = self._due.setdefault(self._now_s + delay_s, {})
        timer = Timer(callback, slot)
        slot[timer] = None
        return timer

    def turn(self, seconds: float) -> None:
        """Let so much time pass."""
        until = self._now_s + seconds
        while self._due and (soonest := min(self._due)) <= until:
            self._now_s = soonest
            for timer in [*self._due.pop(soonest)]:
                timer.go_off()
        self._now_s = until


def masked(text: str) -> bytes:
    """A short text as the client of a websocket sends it, under a mask that changes nothing."""
    return bytes((0x81, 0x80 | len(text))) + bytes(4) + text.encode()


def packets(wire: bytes) -> list[str]:
    """The texts in the whole frames that a server has written, up to its goodbye."""
    found = []
    while len(wire) >= 2 and wire[0] == 0x81:
        length, head = wire[1], 2
        if length > 125:
            head = 4 if length == 126 else 10
            length = int.from_bytes(wire[2:head])
        if len(wire) < head + length:
            break
        found.append(wire[head : head + length].decode())
        wire = wire[head + length :]
    return found
