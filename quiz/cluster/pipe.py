"""A connection that many callers share: their commands go out one behind the other, and so do the replies come in."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from quiz.cluster.listener import BREATH
from quiz.cluster.wire import Command, Refusal, Wire, WireLost, Word

LAST_LOOK_S: Final = 0.02
"""When this process was held up, a reply may have come that nobody has read yet: so much longer it is waited for."""


class Pipe:
    """Owns a wire. A server answers in order, so one reply that does not come means that none behind it does.

    Commands given in one turn of the loop leave together. The caller who has waited longest is the only one whose time
    is looked at, so that thousands of callers do not cost thousands of timers.
    """

    def __init__(self, wire: Wire) -> None:
        self._loop = asyncio.get_running_loop()
        self._wire = wire
        self._unsent: list[Command] = []
        self._callers: deque[tuple[asyncio.Future[object], float]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._suspect: asyncio.Future[object] | None = None
        self._lost: WireLost | None = None
        self._reader = asyncio.create_task(self._read(), name="redis replies")

    @property
    def lost(self) -> bool:
        """Whether it is of no more use."""
        return self._lost is not None

    async def ask(self, deadline: float, *command: Word) -> object:
        """Send a command and wait for its reply.

        Args:
            deadline: when to give up, and the connection with it, by the loop's clock.

        Raises:
            Refusal: the reply is an error.
            WireLost: there is none.
        """
        if self._lost is not None:
            raise self._lost
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent.append(command)
        reply: asyncio.Future[object] = self._loop.create_future()
        self._callers.append((reply, deadline))
        if self._timer is None:
            self._timer = self._loop.call_at(deadline, self._look)
        outcome = await reply
        if isinstance(outcome, Refusal | WireLost):
            raise outcome
        return outcome

    async def close(self) -> None:
        """End it; whoever waits is told."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._end(WireLost("closed"))

    def _send(self) -> None:
        commands, self._unsent = self._unsent, []
        if self._lost is None:
            try:
                self._wire.post(commands)
            except WireLost as lost:
                self._end(lost)

    async def _read(self) -> None:
        read = 0
        try:
            while True:
                try:
                    outcome = await self._wire.reply()
                except Refusal as refusal:
                    outcome = refusal
                if not self._callers:
                    raise WireLost("strange", "the server answers what nobody has asked")
                caller, _ = self._callers.popleft()
                if not caller.done():
                    caller.set_result(outcome)
                if (read := read + 1) % BREATH == 0:
                    await asyncio.sleep(0)
        except WireLost as lost:
            self._end(lost)

    def _look(self) -> None:
        """Give up when the first caller's time is over, and a last look has found nothing."""
        self._timer = None
        if not self._callers:
            return
        first, deadline = self._callers[0]
        now = self._loop.time()
        if now < deadline:
            self._timer = self._loop.call_at(deadline, self._look)
        elif first is not self._suspect:
            self._suspect = first
            self._timer = self._loop.call_at(now + LAST_LOOK_S, self._look)
        else:
            self._end(WireLost("timeout"))

    def _end(self, lost: WireLost) -> None:
        self._lost = self._lost or lost
        self._wire.abort()
        if self._timer is not None:
            self._timer.cancel()
        while self._callers:
            caller, _ = self._callers.popleft()
            if not caller.done():
                caller.set_result(lost)
