"""Sessions end one by one, whatever befalls one of them."""

from __future__ import annotations

import asyncio

import structlog

from quiz.realtime.engine import ENDS_AT_ONCE
from quiz.realtime.sink import Session
from tests.unit.realtime.sessions import Witness, a_turn, engine, on_websocket, polling
from tests.unit.realtime.transports import masked


class Clumsy(Witness):
    """Fails at some of what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.drops: set[str] = set()
        """Sids of sessions whose ends it fails at."""

    def received(self, link: Session, text: str) -> None:
        raise KeyError("ours")

    def ended(self, link: Session, reason: str) -> None:
        if link.sid in self.drops:
            raise KeyError("ours")
        super().ended(link, reason)


async def test_an_end_that_is_not_seen_to_keeps_no_other_from_being_seen_to() -> None:
    clumsy = Clumsy()
    home = engine(clumsy)
    links = [polling(home) for _ in range(2 * ENDS_AT_ONCE + 10)]
    clumsy.drops = {links[0].sid, links[ENDS_AT_ONCE].sid}
    with structlog.testing.capture_logs() as lines:
        for link in links:
            link.end("transport close")
        await a_turn()
    assert [link for link, _ in clumsy.ends] == [link for link in links if link.sid not in clumsy.drops]
    assert [(line["event"], line["exc_info"]) for line in lines] == [("an end was not seen to", True)] * 2
    assert not home.sockets


async def test_after_an_end_that_was_not_seen_to_later_ends_are() -> None:
    clumsy = Clumsy()
    home = engine(clumsy)
    unlucky, later = polling(home), polling(home)
    clumsy.drops = {unlucky.sid}
    with structlog.testing.capture_logs():
        unlucky.end("transport close")
        await a_turn()
        later.end("transport close")
        await a_turn()
    assert [link for link, _ in clumsy.ends] == [later]


async def test_others_get_a_turn_between_many_that_end_together() -> None:
    witness = Witness()
    home = engine(witness)
    at_a_turn = list[int]()
    loop = asyncio.get_running_loop()
    for link in [polling(home) for _ in range(2 * ENDS_AT_ONCE)]:
        link.end("transport close")
    loop.call_soon(lambda: at_a_turn.append(len(witness.ends)))
    await a_turn()
    assert at_a_turn == [ENDS_AT_ONCE]
    assert len(witness.ends) == 2 * ENDS_AT_ONCE


async def test_a_packet_that_this_server_fails_at_ends_its_session_and_is_no_breach_of_the_protocol() -> None:
    clumsy = Clumsy()
    link, pipe = on_websocket(engine(clumsy))
    websocket = pipe.protocol
    assert websocket is not None
    with structlog.testing.capture_logs() as lines:
        websocket.data_received(masked('42["answer"]') + masked('42["answer"]'))
        await a_turn()
    assert clumsy.ends == [(link, "transport error")]
    assert clumsy.breaches == 0
    assert [(line["event"], line["log_level"], line["exc_info"]) for line in lines] == [
        ("a packet was not read", "error", True)
    ]
    pipe.client_reads()
    assert pipe.taken == b"\x88\x02\x03\xe8", "a goodbye with code 1000"
