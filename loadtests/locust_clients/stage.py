"""Where a run is put together: the process that locust begins in has the hosts, and tells all others where to join.

With `--processes` or workers on other machines the players are spread over these; messages of locust's own carry what
they need to know.
"""

from __future__ import annotations

import logging
import time
from typing import Final, Protocol, TypedDict

import gevent  # type: ignore[import-untyped]  # it ships no types
from gevent.pool import Group  # type: ignore[import-untyped]
from locust import events
from locust.env import Environment
from locust.runners import STATE_RUNNING, WorkerRunner

from loadtests.locust_clients.host import Host
from loadtests.locust_clients.options import Options, offer
from loadtests.locust_clients.quizzes import load_quiz
from loadtests.locust_clients.scene import Scene

_SESSIONS: Final = "sessions"
_STORM: Final = "storm"
_LOOK_S: Final = 0.1
_STEADY_S: Final = 3.0
"""So long without a newcomer, and the game begins with those who are there."""

logger: Final = logging.getLogger(__name__)


class _Pins(TypedDict):
    pins: list[str]


class _Message(Protocol):
    data: _Pins


class _Report(TypedDict, total=False):
    deliveries: int


class _Run:
    """The run that is on, of which there is at most one in a process."""

    scene: Scene | None = None
    members: Final = Group()
    """Hosts, and what looks after them."""
    reported = 0
    """Deliveries in other processes."""


def scene() -> Scene:
    """What the clients of this process share."""
    assert _Run.scene is not None, "no test has been started"
    return _Run.scene


def scenario(defaults: Options) -> None:
    """Make the file that calls this a scenario: have its options taken, and hosts come when a test starts."""
    offer(defaults)
    for hook, listener in (
        (events.init, _on_init),
        (events.test_start, _on_test_start),
        (events.test_stop, _on_test_stop),
        (events.report_to_master, _on_report_to_master),
        (events.worker_report, _on_worker_report),
        (events.quitting, _on_quitting),
    ):
        hook.add_listener(listener)  # type: ignore[no-untyped-call]


def _on_init(environment: Environment, **_: object) -> None:
    assert environment.runner is not None

    def on_sessions(environment: Environment, msg: _Message, **_: object) -> None:
        if isinstance(environment.runner, WorkerRunner):
            _Run.scene = Scene(environment)
        scene().open(tuple(msg.data["pins"]))

    def on_storm(**_: object) -> None:
        for member in tuple(scene().members):
            member.drop()

    environment.runner.register_message(_SESSIONS, on_sessions)
    environment.runner.register_message(_STORM, on_storm)


def _on_test_start(environment: Environment, **_: object) -> None:
    """Before anybody is spawned: sessions are made, and everybody told."""
    assert environment.runner is not None
    if isinstance(environment.runner, WorkerRunner):
        return
    _Run.scene = here = Scene(environment)
    _Run.reported = 0
    here.api.sign_in(here.options.username, here.options.password)
    quiz_id = here.api.add_quiz(load_quiz())
    made = [here.api.make_session(quiz_id) for _ in range(here.options.sessions)]
    hosts = [Host(here, session) for session in made]
    for host in hosts:
        _Run.members.spawn(host.stay)
    environment.runner.send_message(_SESSIONS, {"pins": [session.pin for session in made]})
    _Run.members.spawn(_direct, environment, here.options, hosts)


def _direct(environment: Environment, options: Options, hosts: list[Host]) -> None:
    """Wait until everybody is seated, then let the games begin, and the storms."""
    runner = environment.runner
    assert runner is not None
    while runner.state != STATE_RUNNING:
        gevent.sleep(_LOOK_S)
    _gather(hosts, runner.user_count)
    logger.info("%d players are seated in %d sessions", sum(host.players for host in hosts), len(hosts))
    if options.question_s:
        for host in hosts:
            _Run.members.spawn(host.play)
    while options.storm_every_s:
        gevent.sleep(options.storm_every_s)
        runner.send_message(_STORM)


def _gather(hosts: list[Host], wanted: int) -> None:
    """Wait until all are seated, or nobody has come for a while: some may have been refused."""
    seated, since = -1, time.monotonic()
    while seated < wanted and time.monotonic() - since < _STEADY_S:
        if (now := sum(host.players for host in hosts)) != seated:
            seated, since = now, time.monotonic()
        gevent.sleep(_LOOK_S)


def _on_test_stop(**_: object) -> None:
    _Run.members.kill()


def _on_report_to_master(data: _Report, **_: object) -> None:
    if _Run.scene is not None:
        data["deliveries"] = _Run.scene.measures.deliveries
        _Run.scene.measures.deliveries = 0


def _on_worker_report(data: _Report, **_: object) -> None:
    _Run.reported += data.get("deliveries", 0)


def _on_quitting(environment: Environment, **_: object) -> None:
    if isinstance(environment.runner, WorkerRunner) or _Run.scene is None:
        return
    took_s = environment.stats.last_request_timestamp or 0.0
    took_s -= environment.stats.start_time
    deliveries = _Run.reported + _Run.scene.measures.deliveries
    logger.info("%d events were delivered to players, %.0f a second", deliveries, deliveries / max(1.0, took_s))
