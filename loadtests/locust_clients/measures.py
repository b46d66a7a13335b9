"""What is measured, by name: locust's statistics, and beside them a count of every delivery.

Durations are milliseconds, as locust has them.
"""

from __future__ import annotations

import time
from enum import StrEnum

from locust.env import Environment


class Measure(StrEnum):
    """The lines of locust's table that do not come from REST calls."""

    CONNECT = "connect"
    """From dialling to the namespace: TCP, websocket, Engine.IO, token."""
    STATE = "state"
    """From dialling to the snapshot."""
    AWAY = "away"
    """From the loss of a connection to the snapshot on the next, waiting included."""
    QUESTION = "question delivery delay"
    """From `opens_at` in the service's clock to arrival."""
    UPDATE = "update delivery delay"
    """From the host's sending to arrival, at one player in ten, where the host is in this process."""
    UPDATE_ACK = "update ack"
    """A host's `extend`."""
    COMMAND_ACK = "command ack"
    """Any other command of a host."""
    ANSWER_ACK = "answer ack"
    """From a player's first try to the ack; each refusal on the way counts as a failure with its code."""
    ORDER = "order of events"
    """Never measured, only failed: a version came twice, too early, or not at all."""
    CUT = "connection lost"
    """Never measured, only failed: an end that the client did not bring about."""


class Failed(Exception):
    """A failure as locust groups it: by its code."""


class Measures:
    """Where clients of one process report to.

    `deliveries` counts every event handed to a player, which the statistics could not without slowing it down.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.deliveries = 0

    def took(self, measure: Measure, since: float) -> None:
        """Something that began at `since` (of `time.perf_counter`) has just come about."""
        self.lasted(measure, (time.perf_counter() - since) * 1000)

    def lasted(self, measure: Measure, milliseconds: float) -> None:
        """Something took so long."""
        self._fire(measure, milliseconds, None)

    def failed(self, measure: Measure, code: str, since: float | None = None) -> None:
        """Something did not come about, or was refused."""
        waited_s = 0.0 if since is None else time.perf_counter() - since
        self._fire(measure, waited_s * 1000, Failed(code))

    def _fire(self, measure: Measure, milliseconds: float, failure: Failed | None) -> None:
        self._environment.events.request.fire(  # type: ignore[no-untyped-call]
            request_type="socket",
            name=measure.value,
            response_time=milliseconds,
            response_length=0,
            exception=failure,
            context={},
        )
