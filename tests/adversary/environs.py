"""Settings of the nodes that tests attack; tests with the same settings share a node."""

from __future__ import annotations

from typing import Final

PLAIN: Final = {"QUIZ_UNJOINED_TIMEOUT_S": "2", "QUIZ_IDLE_TIMEOUT_S": "2", "QUIZ_CONNECTIONS_OF_PLAYER": "100000"}
"""As it comes, but for the patience with clients that never join."""
BRISK: Final = {
    "QUIZ_EVENTS_PER_S": "1000",
    "QUIZ_EVENTS_BURST": "1000",
    "QUIZ_CONNECTIONS_OF_PLAYER": "100000",
    "QUIZ_ALLOWED_ORIGINS": "https://school.example",
    "QUIZ_PING_INTERVAL_S": "2",
    "QUIZ_PING_TIMEOUT_S": "4",
}
"""Takes events from one client as fast as a test can send them; pages of one other origin may connect.

Hearts beat often enough to tell who lives on pongs alone from who lives on silence, and too rarely to meddle with tests
that are done in a second.
"""
HASTY: Final = {"QUIZ_CONNECTIONS_OF_PLAYER": "100000", "QUIZ_PING_INTERVAL_S": "0.3", "QUIZ_PING_TIMEOUT_S": "0.2"}
"""Hearts beat fast here: who is late by half a second is gone."""
