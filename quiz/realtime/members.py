"""Who is in which room of this node."""

from __future__ import annotations

from collections.abc import Collection, KeysView
from typing import Final

from quiz.realtime.connection import Connection

_NOBODY: Final[tuple[Connection, ...]] = ()


class Members:
    """Rooms by name, each with its members in the order they came. Entering and leaving cost the same in any room."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[Connection, None]] = {}

    def of(self, name: str) -> Collection[Connection]:
        """Who is in a room."""
        return self._rooms.get(name, _NOBODY)

    def names(self) -> KeysView[str]:
        """The rooms that somebody is in."""
        return self._rooms.keys()

    def enter(self, connection: Connection, name: str) -> None:
        """Put a client in a room."""
        if name not in connection.rooms:
            connection.rooms = (*connection.rooms, name)
            self._rooms.setdefault(name, {})[connection] = None

    def leave(self, connection: Connection) -> list[str]:
        """Take a client out of all its rooms; those that nobody is in any more."""
        emptied = []
        for name in connection.rooms:
            members = self._rooms[name]
            del members[connection]
            if not members:
                del self._rooms[name]
                emptied.append(name)
        connection.rooms = ()
        return emptied
