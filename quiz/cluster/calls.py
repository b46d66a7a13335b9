"""Asks Redis things, each within a bound."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import structlog

from quiz.cluster.address import read_address
from quiz.cluster.breaker import Breaker
from quiz.cluster.observer import CallObserver, Unobserved
from quiz.cluster.pipes import Pipes
from quiz.cluster.settings import RedisSettings
from quiz.cluster.wire import Refusal, WireLost, Word
from quiz.game.errors import Unavailable

log = structlog.get_logger("quiz.cluster.calls")


class Script:
    """A Lua script: what it does is done at once or not at all, as far as other clients can see.

    Args:
        name: for metrics and logs.
        text: the script. Its keys must be on one server, so all but one key's need its hash tag.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class RedisCalls:
    """Scripts run by Redis, each within `call_timeout_ms`; calls made together travel together.

    After a call that was not answered, those that can do without are not tried for a pause. A call that failed may have
    been carried out.

    Args:
        settings: where Redis is, and how long to wait.
        observer: is told how it goes.

    Raises:
        ValueError: see `read_address`.
    """

    def __init__(self, settings: RedisSettings, observer: CallObserver | None = None) -> None:
        self._settings = settings
        self._observer: CallObserver = observer or Unobserved()
        self._pipes = Pipes(read_address(settings.url), settings)
        self._breaker = Breaker(settings.call_pause_ms)
        self._under_way = 0
        self._failing = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pipes.close()

    async def run(
        self, script: Script, keys: Sequence[str], words: Sequence[Word] = (), *, insist: bool = False
    ) -> object:
        """Run a script and give what it returns: bytes, an integer, None or a list of such.

        Args:
            insist: try even though Redis has just not answered.

        Raises:
            Unavailable: Redis did not answer in time, or would not, or too many calls are under way.
        """
        if self._breaker.open and not insist:
            raise self._unavailable(script, "paused")
        if self._under_way >= self._settings.calls_at_once:
            raise self._unavailable(script, "full")
        started = time.monotonic()
        self._under_way += 1
        try:
            outcome = await self._send(script, keys, words)
        except Refusal as refusal:
            log.warning("Redis refused", action=script.name, error=str(refusal))
            raise self._unavailable(script, "refused") from refusal
        except WireLost as lost:
            self._note_failure(script, lost)
            raise self._unavailable(script, lost.cause) from lost
        finally:
            self._under_way -= 1
        self._observer.called(script.name, time.monotonic() - started)
        if self._failing:
            self._failing = False
            log.info("Redis answers again", action="redis")
        return outcome

    async def _send(self, script: Script, keys: Sequence[str], words: Sequence[Word]) -> object:
        """Run a script, on another server if that turns out to have the keys.

        Raises:
            Refusal, WireLost
        """
        deadline = asyncio.get_running_loop().time() + self._settings.call_timeout_ms / 1000
        try:
            return await self._try(deadline, script, keys, words)
        except Refusal as refusal:
            if not refusal.moved:
                raise
            self._pipes.look()
        return await self._try(deadline, script, keys, words)

    async def _try(self, deadline: float, script: Script, keys: Sequence[str], words: Sequence[Word]) -> object:
        pipe = await self._pipes.of(keys[0], deadline)
        try:
            return await pipe.ask(deadline, "EVALSHA", script.digest, len(keys), *keys, *words)
        except Refusal as refusal:
            if refusal.code != "NOSCRIPT":
                raise
        return await pipe.ask(deadline, "EVAL", script.text, len(keys), *keys, *words)

    def _unavailable(self, script: Script, cause: str) -> Unavailable:
        self._observer.failed(script.name, cause)
        return Unavailable(f"Redis cannot be used ({cause}).")

    def _note_failure(self, script: Script, lost: WireLost) -> None:
        """Leave Redis alone for a moment, and see then whether another server does its work."""
        self._breaker.trip()
        self._pipes.look()
        if not self._failing:
            self._failing = True
            log.warning("Redis does not answer", action="redis", call=script.name, cause=str(lost))
