"""What an Engine.IO session needs of its server, and what is done with it above."""

from __future__ import annotations

from typing import Any, Protocol

from quiz.realtime.family import Family
from quiz.realtime.frames import Frame
from quiz.realtime.settings import RealtimeSettings
from quiz.realtime.websocket import WebSocket
from quiz.realtime.wheel import TimerWheel


class Session(Protocol):
    """An Engine.IO session, as the layer above knows it. `client` is whatever that keeps with it."""

    sid: str
    client: Any
    over: bool

    @property
    def transport_name(self) -> str:
        """`websocket` or `polling`."""
        ...

    def put(self, frame: Frame) -> None:
        """Send a frame. Never waits and never raises."""
        ...

    def put_snapshot(self, frame: Frame) -> None:
        """Send a frame that may be larger than all that else may wait for a client."""
        ...

    def pause_reading(self) -> None:
        """Read nothing from the client for the time being, if it has a websocket."""
        ...

    def resume_reading(self) -> None:
        """Read again."""
        ...

    def end(self, reason: str, *, abort: bool = False) -> None:
        """End it; with `abort` what waits for the client is thrown away."""
        ...


class Sink(Protocol):
    """What a layer above does with sessions. None of these may block or raise."""

    def opened(self, link: Session) -> None:
        """A session has begun."""
        ...

    def received(self, link: Session, text: str) -> None:
        """A message has come; `text` is its whole packet, with the type before it."""
        ...

    def received_binary(self, link: Session) -> None:
        """A binary message has come."""
        ...

    def chatted(self, link: Session, packets: int) -> bool:
        """So many packets have come that say nothing; whether the session goes on."""
        ...

    def unreadable(self, link: Session) -> None:
        """Something has come that is no packet; the session ends."""
        ...

    def superseded(self, link: Session) -> None:
        """A frame was left out, because the client is behind."""
        ...

    def missed(self, link: Session) -> None:
        """The client has caught up, and lacks what was left out."""
        ...

    def overrun(self, link: Session, cause: str) -> None:
        """More waits for the client than may, or for too long: end it."""
        ...

    def ended(self, link: Session, reason: str) -> None:
        """A session is over."""
        ...


class Home(Protocol):
    """The server that a session belongs to."""

    sink: Sink
    limits: RealtimeSettings
    wheel: TimerWheel
    websockets: Family[WebSocket]
    ping_interval: float
    ping_timeout: float
    reason: Any
    """python-engineio's names of why sessions end."""

    def ended(self, link: Any, reason: str) -> None:
        """A session is over."""
        ...
