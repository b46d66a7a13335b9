"""What the clients of one locust process share."""

from __future__ import annotations

import time
from typing import Final

from gevent.event import Event  # type: ignore[import-untyped]  # it ships no types
from locust.env import Environment

from loadtests.locust_clients.clock import ServiceClock
from loadtests.locust_clients.measures import Measures
from loadtests.locust_clients.member import Member
from loadtests.locust_clients.options import Options, chosen
from loadtests.locust_clients.rest import Api

_REMEMBERED: Final = 10_000


class Scene:
    """One process's part in a run; the next run gets a new one."""

    def __init__(self, environment: Environment) -> None:
        assert environment.parsed_options is not None
        assert environment.host is not None, "say where the service is, with --host"
        self.host: Final = environment.host.rstrip("/")
        self.options: Final[Options] = chosen(environment.parsed_options)
        self.measures: Final = Measures(environment)
        self.clock: Final = ServiceClock()
        self.api: Final = Api(self.host, environment)
        self.ready: Final = Event()
        """Set once `pins` are known."""
        self.pins: tuple[str, ...] = ()
        self.members: Final[set[Member]] = set()
        """The players of this process."""
        self._seats_taken = 0
        self._sent: dict[tuple[str, int], float] = {}

    def open(self, pins: tuple[str, ...]) -> None:
        """Let players in."""
        self.pins = pins
        self.ready.set()

    def next_seat(self) -> tuple[int, str]:
        """A number of its own for the next player, and the PIN where it goes: sessions fill up evenly."""
        number = self._seats_taken
        self._seats_taken += 1
        return number, self.pins[number % len(self.pins)]

    def sending(self, pin: str, version: int) -> None:
        """A host is about to make this version of a session."""
        if len(self._sent) > _REMEMBERED:
            self._sent.clear()
        self._sent[pin, version] = time.perf_counter()

    def sent_at(self, pin: str, version: int) -> float | None:
        """When a host of this process began to make a version, by `time.perf_counter`."""
        return self._sent.get((pin, version))
