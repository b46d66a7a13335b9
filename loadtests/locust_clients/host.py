"""A quiz master: opens questions, updates them, closes them, shows the standings, and so on."""

from __future__ import annotations

import time
from random import Random
from typing import Final

import gevent  # type: ignore[import-untyped]  # it ships no types
from gevent.event import Event  # type: ignore[import-untyped]

from loadtests.locust_clients import wire
from loadtests.locust_clients.measures import Measure
from loadtests.locust_clients.member import Member
from loadtests.locust_clients.rest import Made
from loadtests.locust_clients.scene import Scene
from loadtests.locust_clients.websocket import Cut

PAUSE_S: Final = 1.0
"""How long a reveal and the standings are looked at."""
_STALE_TRIES: Final = 5


class Host:
    """One session's host; `run` is its life."""

    def __init__(self, scene: Scene, made: Made) -> None:
        self._scene = scene
        self._made = made
        self._version = 0
        self._seen = Event()
        self.players = 0
        self.over = False
        """Whether the game was played to its end."""
        self._member = Member(
            scene.host,
            made.host_token,
            made.pin,
            measures=scene.measures,
            clock=scene.clock,
            random=Random(),
            on_event=self._on_event,
        )

    def stay(self) -> None:
        """Stay connected."""
        self._member.stay()

    def play(self) -> None:
        """Play until there are no more questions."""
        self._seen.wait()
        self._command("start")
        while not self.over:
            self._hold_open()
            for step in ("close", "next", "next"):
                self._command(step)
                gevent.sleep(PAUSE_S if step == "close" else 0)

    def _hold_open(self) -> None:
        """Let the question stay open, with updates at their moments; those that come late are not made up for."""
        options = self._scene.options
        now = time.perf_counter()
        until = now + options.question_s
        if not options.updates_per_s:
            gevent.sleep(options.question_s)
            return
        every_s = 1 / options.updates_per_s
        due = now + Random().uniform(0, every_s)  # or the hosts of many sessions would act in step
        while due < until:
            gevent.sleep(max(0.0, due - time.perf_counter()))
            self._scene.sending(self._made.pin, self._version + 1)
            self._command("extend", Measure.UPDATE_ACK, seconds=1)
            due = max(due + every_s, time.perf_counter())

    def _command(self, event: str, measure: Measure = Measure.COMMAND_ACK, **payload: int) -> None:
        for _ in range(_STALE_TRIES):
            began = time.perf_counter()
            try:
                ack = self._member.call(event, {"version": self._version, **payload})
            except Cut as cut:
                self._scene.measures.failed(measure, str(cut), began)
                return  # what comes of it stands in the next snapshot
            if ack.ok:
                self._scene.measures.took(measure, began)
                self._version = max(self._version, ack.version or 0)
                return
            assert ack.error is not None
            self._scene.measures.failed(measure, ack.error.code, began)
            if ack.error.version is None and not ack.error.retry:
                return
            self._version = ack.error.version or self._version

    def _on_event(self, name: bytes, payload: bytes) -> None:
        if name == b"state":
            snapshot = wire.read_snapshot(payload)
            self._version, self.players = snapshot.version, snapshot.players
            self._seen.set()
        elif name == b"lobby":
            self.players = wire.read_lobby(payload).players
        elif name == b"finished":
            self.over = True
