"""What the cluster room tells whoever makes metrics of it."""

from __future__ import annotations

from typing import Protocol


class BusObserver(Protocol):
    """Is told how the bus does."""

    def published(self, messages: int) -> None:
        """So many messages were written."""
        ...

    def dropped(self, cause: str, messages: int) -> None:
        """So many messages will not arrive: `full`, `away`, `timeout`, `closed` or `refused`."""
        ...

    def received(self, messages: int) -> None:
        """So many messages of other nodes came in."""
        ...

    def reconnects(self, cause: str) -> None:
        """The connection that hears was lost: `deaf`, `closed`, `unreachable`, `timeout`, `moved` or `refused`."""
        ...

    def up(self, is_up: bool) -> None:
        """The node hears itself, or does not."""
        ...

    def delay(self, seconds: float) -> None:
        """A message took so long from `publish` to being heard."""
        ...

    def waiting(self, messages: int) -> None:
        """So many messages wait to be written. Told with every heartbeat."""
        ...


class CallObserver(Protocol):
    """Is told how calls to Redis go."""

    def called(self, name: str, seconds: float) -> None:
        """A call was answered."""
        ...

    def failed(self, name: str, cause: str) -> None:
        """A call was not: `timeout`, `unreachable`, `closed` or `refused`; or not tried: `paused` or `full`."""
        ...


class CacheObserver(Protocol):
    """Is told how often a cache helps."""

    def asked(self, kind: str, hit: bool) -> None:
        """Content was asked for, and was there or not."""
        ...


class Unobserved:
    """An observer of everything that does not care."""

    def published(self, messages: int) -> None: ...

    def dropped(self, cause: str, messages: int) -> None: ...

    def received(self, messages: int) -> None: ...

    def reconnects(self, cause: str) -> None: ...

    def up(self, is_up: bool) -> None: ...

    def delay(self, seconds: float) -> None: ...

    def waiting(self, messages: int) -> None: ...

    def called(self, name: str, seconds: float) -> None: ...

    def failed(self, name: str, cause: str) -> None: ...

    def asked(self, kind: str, hit: bool) -> None: ...
