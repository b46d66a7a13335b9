"""Runs the swarm program and speaks with it; see README.md beside this file for what it can do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from loadtests.swarm.build import build_swarm
from loadtests.swarm.options import Client, Options, clients_text
from loadtests.swarm.reports import (
    AnyReport,
    Broadcasts,
    Connected,
    Emitted,
    Expected,
    Failure,
    Ready,
    Report,
)

__all__ = ["Client", "Options", "Swarm", "SwarmFailed", "several"]

LONGEST_LINE = 64 << 20  # bytes; a list of 50,000 broadcasts is 5 MB
START_TIMEOUT_S = 30.0
QUIT_TIMEOUT_S = 5.0

_decoder: msgspec.json.Decoder[AnyReport] = msgspec.json.Decoder(AnyReport)
T = TypeVar("T", Connected, Emitted, Expected, Broadcasts, Report, Ready)


class SwarmFailed(Exception):
    """The swarm ended, refused a command, or did not report in time; the message tells which."""


class Swarm:
    """A running swarm. Get one from `Swarm.running`; commands that take time return when their report came.

    A range of clients is written "all", "K" (the first K) or "A-B" (from A, before B).
    Every method raises SwarmFailed when the swarm ends, refuses, or is not done within `timeout_s`.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: list[tuple[type, asyncio.Future[AnyReport]]] = []
        self._ended: str | None = None
        self._reader = asyncio.create_task(self._read(), name="swarm reports")

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, options: Options) -> AsyncIterator[Self]:
        """Start a swarm (compiling it the first time), and end it on the way out.

        Raises:
            NoCompiler: the program cannot be built here.
            SwarmFailed: it does not start.
        """
        program = await asyncio.to_thread(build_swarm)
        with tempfile.TemporaryDirectory(prefix="swarm-") as directory:
            words = options.arguments()
            if options.clients:
                # Tokens go by file: a command line is for all to see.
                path = Path(directory) / "clients"
                path.touch(mode=0o600)
                path.write_text(clients_text(options.clients))
                words += ["--clients", str(path)]
            process = await asyncio.create_subprocess_exec(
                program, *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LONGEST_LINE
            )
            swarm = cls(process)
            try:
                await swarm._command("", Ready, START_TIMEOUT_S)
                yield swarm
            finally:
                await swarm._end()

    @property
    def pid(self) -> int:
        """The swarm's process, for instance to stop it for a while."""
        return self._process.pid

    def kill(self) -> None:
        """End it at once, and with it all its connections, without a word."""
        # Not by `Process.kill`, which would take the exit status away from asyncio if it has ended already.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def connect(self, many: int | None = None, rate: float = 0.0, timeout_s: float = 120.0) -> Connected:
        """Open the next `many` clients that are not open (None: all), `rate` a second (0: as fast as they can)."""
        return await self._command(f"connect {'all' if many is None else many} {rate}", Connected, timeout_s)

    async def emit(
        self, clients: str, each: int, rate: float, template: str, burst: int = 1, timeout_s: float = 120.0
    ) -> Emitted:
        """Emit `each` events with ack from each of the clients, `rate` a second from all together.

        Args:
            clients: a range.
            each: events a client.
            rate: 0 is a closed loop: each client emits again when it got its ack.
            template: the event as JSON; {seq}, {client} and {random:N} are replaced.
            burst: events go out in groups of so many, at the same rate.
            timeout_s: when to give up.
        """
        return await self._command(f"emit {clients} {each} {rate}/{burst} {template}", Emitted, timeout_s)

    async def send(self, clients: str, template: str) -> None:
        """Emit one event without ack from each of the clients, at once."""
        await self._tell(f"send {clients} {template}")

    async def answer_on(self, event: str, jitter_ms: int, template: str) -> None:
        """From now on every client that receives `event` emits the template, 0 to `jitter_ms` later, and takes the ack.

        {question} stands for the integer under `Options.question_key` in that event; {client} and {random:N} work too.
        A client answers the latest question only. At most 8 rules.
        """
        await self._tell(f"answer-on {event} {jitter_ms} {template}")

    async def answer_off(self) -> None:
        """Forget all rules, and the answers that are not sent yet."""
        await self._tell("answer-off")

    async def expect(self, event: str, count: int, timeout_s: float = 60.0) -> Expected:
        """Return when all clients together received `event` so often since the last reset; "#ack" counts acks."""
        return await self._command(f"expect {event} {count}", Expected, timeout_s)

    async def stop_reading(self) -> None:
        """The share `Options.stop_reading` of the clients stops reading now."""
        await self._tell("stop-reading")

    async def close(self, clients: str) -> None:
        """Close connections without a word; `connect` may open them again."""
        await self._tell(f"close {clients}")

    async def reset(self) -> None:
        """Begin counting anew."""
        await self._tell("reset")

    async def report(self, timeout_s: float = 30.0) -> Report:
        """What was counted since the last reset."""
        return await self._command("report", Report, timeout_s)

    async def broadcasts(self, timeout_s: float = 30.0) -> Broadcasts:
        """Every broadcast since the last reset."""
        return await self._command("broadcasts", Broadcasts, timeout_s)

    async def _tell(self, line: str) -> None:
        if "\n" in line:
            raise ValueError("a command is one line")
        stdin = self._process.stdin
        assert stdin is not None
        if self._ended is not None:
            raise SwarmFailed(self._ended)
        stdin.write(line.encode() + b"\n")
        try:
            await stdin.drain()
        except ConnectionError as error:
            raise SwarmFailed("the swarm ended") from error

    async def _command(self, line: str, kind: type[T], timeout_s: float) -> T:
        # Before the command goes out: the answer may be quick.
        waiting: asyncio.Future[AnyReport] = asyncio.get_running_loop().create_future()
        self._waiting.append((kind, waiting))
        try:
            if line:
                await self._tell(line)
            report = await asyncio.wait_for(waiting, timeout_s)
        except TimeoutError as error:
            raise SwarmFailed(f"not done within {timeout_s} s: {line or 'start'}") from error
        finally:
            self._waiting.remove((kind, waiting))
            waiting.cancel()
        assert isinstance(report, kind)
        return report

    async def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        while line := await stdout.readline():
            report = _decoder.decode(line)
            if isinstance(report, Failure):
                self._fail(report.message)
                continue
            for of, future in self._waiting:
                if isinstance(report, of) and not future.done():
                    future.set_result(report)
                    break
        self._ended = f"the swarm ended with status {await self._process.wait()}"
        self._fail(self._ended)

    def _fail(self, why: str) -> None:
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(SwarmFailed(why))

    async def _end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()  # which the program takes as `quit`
        try:
            await asyncio.wait_for(asyncio.shield(self._reader), QUIT_TIMEOUT_S)
        except TimeoutError:
            self.kill()
            await self._reader


@contextlib.asynccontextmanager
async def several(options: Options, many: int, cores: Sequence[int | None] = (None,)) -> AsyncIterator[list[Swarm]]:
    """Start `many` swarms that share the clients of `options` evenly, each with source addresses of its own.

    The first gets the first clients. Cores are given out in turn. Raises what `Swarm.running` does.
    """
    async with contextlib.AsyncExitStack() as stack:
        parts = shares(options, many, cores)
        yield [await stack.enter_async_context(Swarm.running(part)) for part in parts]


def shares(options: Options, many: int, cores: Sequence[int | None]) -> list[Options]:
    """The options of each of `many` swarms."""
    total = len(options.clients) or options.count
    cuts = [total * i // many for i in range(many + 1)]
    return [
        msgspec.structs.replace(
            options,
            clients=options.clients[first:last],
            count=0 if options.clients else last - first,
            core=cores[i % len(cores)],
            source_offset=options.source_offset + i * options.sources,
        )
        for i, (first, last) in enumerate(pairwise(cuts))
    ]
