"""One Socket.IO client: who it is, where it is, and what it may still ask for."""

from __future__ import annotations

from collections import deque

from quiz.game.tokens import Seat
from quiz.realtime.bucket import TokenBucket
from quiz.realtime.frames import Frame
from quiz.realtime.sink import Session
from quiz.realtime.wheel import Timer


class Connection:
    """A client on its Engine.IO session.

    Args:
        bucket: how much more it may send.
        cut: cuts the connection unless it joins in time.
    """

    __slots__ = (
        "attachments_due",
        "bad_packets",
        "bucket",
        "calls",
        "cut",
        "ended_by",
        "joining",
        "leaving",
        "link",
        "refused",
        "refused_since",
        "rooms",
        "seat",
        "sid",
        "waiting",
    )

    def __init__(self, link: Session, bucket: TokenBucket, cut: Timer) -> None:
        self.link = link
        self.bucket = bucket
        self.cut = cut
        self.sid: str | None = None
        """Its Socket.IO session id, once it has been let in."""
        self.seat: Seat | None = None
        self.rooms: tuple[str, ...] = ()
        self.joining = False
        self.calls = 0
        """Calls that have not been answered yet."""
        self.waiting: deque[str] | None = None
        """Packets that wait until it has been let in, or for an earlier call to be answered."""
        self.bad_packets = 0
        self.refused = 0
        """Packets beyond what it may send, since `refused_since`, an instant of `time.monotonic`."""
        self.refused_since = 0.0
        self.attachments_due = 0
        self.leaving = False
        """Whether it has been told to go: it is served no more calls."""
        self.ended_by: str | None = None
        """Why this server ended the connection, if it did."""

    @property
    def open(self) -> bool:
        """Whether it is still there."""
        return not self.link.over

    def send(self, frame: Frame) -> None:
        """Send a frame; to a connection that is over, nothing."""
        self.link.put(frame)

    def set_aside(self, packet: str, most: int) -> bool:
        """Keep a packet for later; False if too many are waiting."""
        if self.waiting is None:
            self.waiting = deque()
        if len(self.waiting) >= most:
            return False
        self.waiting.append(packet)
        return True

    def next_waiting(self) -> str | None:
        """The packet that has waited longest."""
        return self.waiting.popleft() if self.waiting else None
