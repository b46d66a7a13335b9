"""Everybody comes at once: a seat, a connection, a snapshot. The game does not begin."""

from __future__ import annotations

from loadtests.locust_clients.options import Options
from loadtests.locust_clients.player import Player
from loadtests.locust_clients.stage import scenario

scenario(Options(question_s=0))


class JoinStormPlayer(Player):
    """One of those who come."""
