"""Who can be connected to a session."""

from enum import StrEnum


class Role(StrEnum):
    """A role is fixed by the token a client connects with."""

    PLAYER = "player"
    HOST = "host"
    SCREEN = "screen"
