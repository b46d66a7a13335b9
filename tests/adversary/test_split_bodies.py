"""A polling body is one body however it arrives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.adversary.conftest import Session
from tests.adversary.door import Door
from tests.adversary.environs import BRISK
from tests.adversary.raw_http import read_response, request_bytes
from tests.adversary.raw_polling import RawPolling
from tests.adversary.victim import Victim

ENVIRON = BRISK

LARGEST = 256 * 1024
"""Bytes that a body may have."""


@pytest.fixture
async def polling(door: Door, session: Session) -> RawPolling:
    """A player who polls."""
    polling = await door.polling()
    await polling.join(await session.seat("Ann"))
    return polling


async def acked(polling: RawPolling, ids: Iterable[int]) -> Counter[int]:
    """How often each of these, and whatever else, has been acked when the last of them and a later call are."""
    for ack_id in ids:
        await polling.until(f"43{ack_id}[")
    await polling.call("time")
    acks = [packet for packet in polling.received if packet.startswith("43")]
    return Counter(int(packet[2 : packet.index("[")]) for packet in acks)


def an_event(ack_id: int) -> str:
    """An event of a player, with characters of one to four bytes."""
    return f"42{ack_id}" + json.dumps(["answer", {"question": 1, "answer": "é€😀", "id": "x"}], ensure_ascii=False)


async def test_an_event_arrives_once_wherever_its_request_is_cut_in_two(door: Door, polling: RawPolling) -> None:
    barrier = await door.barrier()
    length = len(request_bytes("POST", polling.target, an_event(1000).encode()))
    ids = range(1000, 1000 + length - 1)
    for cut, ack_id in enumerate(ids, start=1):
        request = request_bytes("POST", polling.target, an_event(ack_id).encode())
        wire = await door.wire()
        await wire.send(request[:cut])
        await barrier.passed()
        await wire.send(request[cut:])
        response = await read_response(wire)
        wire.close()
        assert (response.status, response.text.lower()) == (200, "ok"), cut
    assert await acked(polling, ids) == Counter([*ids, 1])


async def test_an_event_arrives_once_when_each_byte_comes_by_itself(door: Door, polling: RawPolling) -> None:
    barrier, wire = await door.barrier(), await door.wire()
    for byte in request_bytes("POST", polling.target, an_event(7777).encode()):
        await wire.send(bytes([byte]))
        await barrier.passed()
    assert (await read_response(wire)).status == 200
    assert await acked(polling, [7777]) == Counter([7777, 1])


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
async def test_an_event_in_chunks_arrives_once(door: Door, polling: RawPolling, size: int) -> None:
    body = an_event(7777).encode()
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    barrier, wire = await door.barrier(), await door.wire()
    await wire.send(request_bytes("POST", polling.target, headers={"Transfer-Encoding": "chunked"}))
    for piece in [*pieces, b""]:
        await wire.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        await barrier.passed()
    assert (await read_response(wire)).status == 200
    assert await acked(polling, [7777]) == Counter([7777, 1])


async def test_events_in_one_body_are_acked_each_and_in_order(polling: RawPolling) -> None:
    await polling.sends(*(f'42{ack_id}["time"]' for ack_id in range(100, 116)))
    assert await acked(polling, range(100, 116)) == Counter([*range(100, 116), 1])
    acks = [packet.partition("[")[0] for packet in polling.received if packet.startswith("431")]
    assert acks[:16] == [f"43{ack_id}" for ack_id in range(100, 116)]


async def test_two_requests_in_one_segment_are_both_taken(door: Door, polling: RawPolling) -> None:
    wire = await door.wire()
    requests = [request_bytes("POST", polling.target, an_event(ack_id).encode()) for ack_id in (500, 501)]
    await wire.send(b"".join(requests))
    assert [(await read_response(wire)).status for _ in requests] == [200, 200]
    assert await acked(polling, (500, 501)) == Counter([500, 501, 1])


async def test_a_body_that_is_too_large_is_answered_with_413_and_kept_nowhere(
    door: Door, polling: RawPolling, victim: Victim
) -> None:
    resident = victim.resident_bytes()
    for _ in range(20):
        wire = await door.wire()
        request = request_bytes("POST", polling.target, b"4" + b"x" * LARGEST)
        await wire.send(request)
        assert (await read_response(wire)).status == 413
        wire.close()
    assert victim.resident_bytes() - resident < 24 * 1024 * 1024


async def test_chunks_that_are_too_much_together_are_answered_with_413(door: Door, polling: RawPolling) -> None:
    wire = await door.wire()
    await wire.send(request_bytes("POST", polling.target, headers={"Transfer-Encoding": "chunked"}))
    piece = b"4" * 0x8000
    for _ in range(LARGEST // len(piece) + 1):
        await wire.send(b"8000\r\n" + piece + b"\r\n")
    assert (await read_response(wire)).status == 413
