"""Somebody in a session, host or player: stays connected, and comes back at a moment of its own when cut off."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Final

import gevent  # type: ignore[import-untyped]  # it ships no types
import msgspec
from gevent.event import Event  # type: ignore[import-untyped]
from msgspec import Struct

from loadtests.locust_clients import wire
from loadtests.locust_clients.clock import ServiceClock
from loadtests.locust_clients.connection import Connection, Refused
from loadtests.locust_clients.measures import Measure, Measures
from loadtests.locust_clients.websocket import Cut
from quiz.cli.bots.backoff import full_jitter

RECONNECT_BASE_S: Final = 1.0
RECONNECT_CAP_S: Final = 10.0

OnEvent = Callable[[bytes, bytes], None]


class Draining(Struct, frozen=True):
    """The node asks its clients to leave."""

    reconnect_within_ms: int


class Member:
    """A token, and one connection after another.

    Args:
        on_event: called with name and payload of a connection's snapshot and of every event after it, in the greenlet
            that runs `stay`; must not wait.
    """

    def __init__(
        self,
        host: str,
        token: str,
        affinity: str,
        *,
        measures: Measures,
        clock: ServiceClock,
        random: Random,
        on_event: OnEvent,
    ) -> None:
        self._host = host
        self._token = token
        self._affinity = affinity
        self._measures = measures
        self._clock = clock
        self._random = random
        self._on_event = on_event
        self._connection: Connection | None = None
        self._online = Event()
        self._lost_at: float | None = None
        self._meant_to = False

    def stay(self) -> None:
        """Be connected from now on, however often that takes. Returns when the token is not good any more."""
        failures = 0
        while True:
            dialled_at = time.perf_counter()
            try:
                connection = Connection.open(self._host, self._token, self._affinity)
            except (Cut, Refused) as failure:
                code = str(failure)
                self._measures.failed(Measure.CONNECT, code, dialled_at)
                if code == "unauthorized":
                    return
                failures += 1
                gevent.sleep(full_jitter(failures, RECONNECT_BASE_S, RECONNECT_CAP_S, self._random))
                continue
            self._measures.took(Measure.CONNECT, dialled_at)
            failures = 0
            try:
                self._listen(connection, dialled_at)
            finally:
                self._online.clear()
                connection.abort()
            gevent.sleep(full_jitter(0, RECONNECT_BASE_S, RECONNECT_CAP_S, self._random))

    def call(self, event: str, payload: dict[str, object]) -> wire.Ack:
        """Wait until there is a connection, send, and wait for the ack.

        Raises:
            Cut: as `Connection.call`.
        """
        self._online.wait()
        connection = self._connection
        assert connection is not None
        return connection.call(event, payload)

    def drop(self) -> None:
        """Lose the connection, as a phone in a tunnel does."""
        if self._connection is not None and self._online.is_set():
            self._meant_to = True
            self._connection.abort()

    def _listen(self, connection: Connection, dialled_at: float) -> None:
        try:
            for name, payload in connection.events():
                if name == b"state" and not self._online.is_set():
                    self._arrived(connection, dialled_at)
                elif name == b"draining":
                    self._meant_to = True
                    within_s = msgspec.json.decode(payload, type=Draining).reconnect_within_ms / 1000
                    gevent.spawn_later(self._random.uniform(0, within_s), connection.abort)
                if self._online.is_set():  # what comes before the snapshot is part of it
                    self._on_event(name, payload)
        except Cut as cut:
            self._lost_at = time.perf_counter()
            if not self._meant_to:
                self._measures.failed(Measure.CUT, str(cut))
            self._meant_to = False

    def _arrived(self, connection: Connection, dialled_at: float) -> None:
        self._measures.took(Measure.STATE, dialled_at)
        if self._lost_at is not None:
            self._measures.took(Measure.AWAY, self._lost_at)
            self._lost_at = None
        self._connection = connection
        self._online.set()
        if self._clock.wants_samples:
            gevent.spawn(self._ask_time, connection)

    def _ask_time(self, connection: Connection) -> None:
        sent_s = time.time()
        try:
            now = connection.call("time", {}).now
        except Cut:
            return
        if now is not None:
            self._clock.learn(sent_s, now)
