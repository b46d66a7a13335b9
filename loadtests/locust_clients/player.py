"""A player as a locust user: joins, stays connected, answers every question once, and looks whether it misses one."""

from __future__ import annotations

import secrets
import time
from random import Random
from typing import Final

import gevent  # type: ignore[import-untyped]  # it ships no types
from gevent.pool import Group  # type: ignore[import-untyped]
from locust import User, task
from locust.exception import StopUser

from loadtests.locust_clients import stage, wire
from loadtests.locust_clients.measures import Measure
from loadtests.locust_clients.member import Member
from loadtests.locust_clients.quizzes import CHOICES
from loadtests.locust_clients.rest import NotServed
from loadtests.locust_clients.websocket import Cut

ATTEMPTS: Final = 20
_RETRY_BASE_S: Final = 0.2
_RETRY_CAP_S: Final = 5.0
_TO_ALL: Final = frozenset((b"reveal", b"standings", b"finished"))
_SAMPLED: Final = 10
"""One player in so many measures every update: locust's bookkeeping would cost more than the deliveries."""


class Player(User):
    """What the scenarios' users are."""

    abstract = True

    def on_start(self) -> None:
        self._scene = stage.scene()
        self._scene.ready.wait()
        self._number, self._pin = self._scene.next_seat()
        self._random = Random()
        self._version = 0
        self._begun = 0
        self._answering = Group()
        try:
            worker = getattr(self.environment.runner, "worker_index", 0)
            seat = self._scene.api.join(self._pin, f"P{worker}-{self._number}")
        except NotServed as refused:
            raise StopUser from refused
        self._member = Member(
            self._scene.host,
            seat.token,
            seat.affinity,
            measures=self._scene.measures,
            clock=self._scene.clock,
            random=self._random,
            on_event=self._on_event,
        )
        self._scene.members.add(self._member)

    def on_stop(self) -> None:
        self._answering.kill()

    @task
    def play(self) -> None:
        """Be there until the test ends."""
        self._member.stay()
        raise StopUser

    def _on_event(self, name: bytes, payload: bytes) -> None:
        self._scene.measures.deliveries += 1
        if name == b"question":
            self._on_question(wire.read_opened(payload))
        elif name == b"state":
            snapshot = wire.read_snapshot(payload)
            self._version = snapshot.version
            if snapshot.phase == "question" and snapshot.question is not None:
                self._begin(snapshot.question.number)
        elif name in _TO_ALL:
            self._follow(wire.read_versioned(payload).version)

    def _on_question(self, opened: wire.Opened) -> None:
        self._follow(opened.version)
        measures = self._scene.measures
        if opened.question.number > self._begun:
            if self._scene.clock.is_set:
                measures.lasted(Measure.QUESTION, max(0.0, self._scene.clock.now_ms() - opened.opens_at))
            self._begin(opened.question.number)
        elif self._number % _SAMPLED == 0:
            sent_at = self._scene.sent_at(self._pin, opened.version)
            if sent_at is not None:
                measures.took(Measure.UPDATE, sent_at)

    def _follow(self, version: int) -> None:
        """Every version is told to all, so one that is left out or comes twice was lost or repeated."""
        if version != self._version + 1:
            self._scene.measures.failed(Measure.ORDER, "missed" if version > self._version else "repeated")
        self._version = version

    def _begin(self, question: int) -> None:
        if question > self._begun:
            self._begun = question
            self._answering.spawn(self._answer, question)

    def _answer(self, question: int) -> None:
        gevent.sleep(self._random.uniform(0, self._scene.options.think_s))
        choice = self._random.randrange(CHOICES)
        payload = {"question": question, "answer": [choice], "id": secrets.token_urlsafe(9)}
        began = time.perf_counter()
        for attempt in range(ATTEMPTS):
            try:
                ack = self._member.call("answer", payload)
            except Cut as cut:
                # On a connection that was lost nothing is known; one that stands should have answered.
                if str(cut) == "no_ack":
                    self._scene.measures.failed(Measure.ANSWER_ACK, "no_ack", began)
            else:
                if ack.ok:
                    self._scene.measures.took(Measure.ANSWER_ACK, began)
                    return
                assert ack.error is not None
                self._scene.measures.failed(Measure.ANSWER_ACK, ack.error.code, began)
                if not ack.error.retry:
                    return
            gevent.sleep(self._random.uniform(0, min(_RETRY_CAP_S, _RETRY_BASE_S * 2**attempt)))
        self._scene.measures.failed(Measure.ANSWER_ACK, "given_up", began)
