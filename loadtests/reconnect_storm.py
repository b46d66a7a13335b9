"""All players lose their connections at once, again and again, in the middle of the game."""

from __future__ import annotations

from loadtests.locust_clients.options import Options
from loadtests.locust_clients.player import Player
from loadtests.locust_clients.stage import scenario

scenario(Options(question_s=20, think_s=15, storm_every_s=15))


class ReconnectStormPlayer(Player):
    """One of those who come back."""
