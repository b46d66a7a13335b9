"""A polling session changes over to a websocket: probe, answer, and then the word."""

from __future__ import annotations

from typing import Final, Protocol

from quiz.realtime.frames import PROBED
from quiz.realtime.websocket import WebSocket
from quiz.realtime.wheel import Timer, TimerWheel

_ASIDES: Final = 8
"""Frames in one go that a websocket may bring beside a probe and the word; there is no need for any."""


class Polling(Protocol):
    """The session that may change over."""

    trying: bool
    upgraded: bool
    over: bool

    def hold_polls(self) -> None:
        """A websocket works: end the poll under way, so that its client can say the word."""
        ...

    def poll_on(self) -> None:
        """No websocket came of it."""
        ...

    def change_over(self, websocket: WebSocket) -> None:
        """Send over a websocket from now on, first of all what has waited."""
        ...


class Upgrade:
    """Whose websocket it is until the session changes over; meanwhile nothing is sent.

    Args:
        patience_s: how long that may take.
    """

    def __init__(self, link: Polling, wheel: TimerWheel, patience_s: float) -> None:
        self._link = link
        self._wheel = wheel
        self._patience_s = patience_s
        self._websocket: WebSocket | None = None
        self._probed = False
        self._tried = False
        """Whether it is the one that the session may change over to."""
        self._patience: Timer | None = None

    def opened(self, websocket: WebSocket) -> None:
        """The handshake is done."""
        self._websocket = websocket
        self._patience = self._wheel.call_in(self._patience_s, websocket.abort)
        if self._link.over or self._link.upgraded or self._link.trying:
            websocket.close()  # one of these is enough
        else:
            self._link.trying = self._tried = True

    def received(self, text: str) -> None:
        """What comes over it: a probe first, then the word."""
        if self._websocket is None or not self._tried:
            return
        if not self._probed and text == "2probe":
            self._probed = True
            self._link.hold_polls()
            self._websocket.transport.write(PROBED.wire)
        elif self._probed and text == "5" and not self._link.over:
            self._end()
            self._link.change_over(self._websocket)
        else:
            self._websocket.close()

    def received_binary(self) -> None:
        """That has no place here."""
        if self._websocket is not None:
            self._websocket.close()

    def bears(self, asides: int) -> bool:
        """There is nothing to talk about."""
        return asides <= _ASIDES

    def unreadable(self) -> None:
        """It is closing."""

    def lost(self, websocket: WebSocket) -> None:
        """It is no more; the session polls on."""
        self._end()
        if self._tried:
            self._link.trying = False
            self._link.poll_on()

    def falls_behind(self) -> None:
        """Nothing but a probe was sent."""

    def caught_up(self) -> None:
        """Nothing but a probe was sent."""

    def _end(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
