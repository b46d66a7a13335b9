"""One session with all the players there are."""

from __future__ import annotations

from loadtests.locust_clients.options import Options
from loadtests.locust_clients.player import Player
from loadtests.locust_clients.stage import scenario

scenario(Options(question_s=15, think_s=10))


class OneSessionPlayer(Player):
    """One of the players."""
