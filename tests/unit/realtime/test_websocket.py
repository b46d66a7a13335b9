"""However a websocket is ended, its connection is over before long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from quiz.realtime.family import Family
from quiz.realtime.websocket import WebSocket
from quiz.realtime.wheel import TimerWheel
from tests.unit.realtime.sessions import Witness, a_turn, engine, event, names, on_websocket
from tests.unit.realtime.transports import StuckTransport, packets
from tests.waiting import until


def half_closed(websocket: WebSocket) -> None:
    """The client sends nothing more, upon which the event loop closes the transport."""
    websocket.eof_received()
    websocket.transport.close()


def closing_already(websocket: WebSocket) -> None:
    websocket.transport.close()
    websocket.close()


def half_closed_and_ended(websocket: WebSocket) -> None:
    half_closed(websocket)
    websocket.close()


def ended(websocket: WebSocket) -> None:
    websocket.close()


def client_says_goodbye(websocket: WebSocket) -> None:
    websocket.data_received(b"\x88\x82" + bytes(4) + b"\x03\xe8")


def breach(websocket: WebSocket) -> None:
    websocket.data_received(b"\x81\x05hello")


WAYS = (half_closed, closing_already, half_closed_and_ended, ended, client_says_goodbye, breach)


@pytest.mark.parametrize("way", WAYS)
async def test_a_websocket_whose_close_never_completes_is_hung_up_when_it_has_had_its_time(
    way: Callable[[WebSocket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quiz.realtime.websocket.CLOSE_TIMEOUT_S", 0.02)
    witness = Witness()
    home = engine(witness, wheel=TimerWheel())
    link, stuck = on_websocket(home, StuckTransport())
    link.put(event("unread", 500))
    (websocket,) = home.websockets
    way(websocket)
    assert not stuck.aborted.is_set(), "what was sent before may still be read"
    async with asyncio.timeout(5):
        await stuck.aborted.wait()
        await over(home.websockets)
    assert [end for end, _ in witness.ends] == [link]


async def over(websockets: Family[WebSocket]) -> None:
    """Wait until none is open, and whoever is told so has been told."""

    async def none_open() -> bool:
        return not websockets

    await until(none_open)
    await a_turn()


async def test_a_session_that_is_ended_politely_while_its_client_is_half_gone_does_not_wait_for_it_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("quiz.realtime.websocket.CLOSE_TIMEOUT_S", 0.02)
    home = engine(Witness(), wheel=TimerWheel())
    link, stuck = on_websocket(home, StuckTransport())
    link.put(event("unread", 500))
    (websocket,) = home.websockets
    half_closed(websocket)
    link.end("server disconnect")
    async with asyncio.timeout(5):
        await stuck.aborted.wait()
        await over(home.websockets)


async def test_what_was_sent_before_a_goodbye_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quiz.realtime.websocket.CLOSE_TIMEOUT_S", 60)
    home = engine(Witness(), wheel=TimerWheel())
    link, stuck = on_websocket(home, StuckTransport())
    link.put(event("unread", 500))
    link.end("server disconnect")
    stuck.client_reads()
    assert names(packets(stuck.taken)) == ["unread"]
    assert not stuck.aborted.is_set()
    home.wheel.close()
