"""Many quiz masters, each with a room of players: 100 of them with 50 each, and ten updates a second to everybody."""

from __future__ import annotations

from loadtests.locust_clients.options import Options
from loadtests.locust_clients.player import Player
from loadtests.locust_clients.stage import scenario

scenario(Options(sessions=100, updates_per_s=10))


class ManySessionsPlayer(Player):
    """One of the players."""
