"""What is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http_websocket import WebSocketReader
from hypothesis import given
from hypothesis import strategies as st

from quiz.realtime.frames import CLOSE, LEAVE, NOOP, PING, Frame, acknowledgement, message, opening


class Heard(WebSocketDataQueue):
    """Keeps what a reader has read."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def feed_data(self, data: Any, size: int) -> None:
        self.messages.append(data)


def read(wire: bytes) -> list[str]:
    heard = Heard()
    WebSocketReader(heard, 0, compress=False, decode_text=True).feed_data(wire)
    return [message.data for message in heard.messages]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
async def test_a_frame_of_any_length_is_read_as_it_was_written(size: int) -> None:
    payload = "4" + "ä" * (size // 2) + "x" * (size % 2)
    frame = Frame(payload.encode())
    assert read(frame.wire) == [payload]
    assert read(frame.wire + PING.wire) == [payload, "2"]
    assert frame.encode(b64=True) == payload


@given(st.text(max_size=300), st.integers(0, 10**15 - 1))
def test_messages_and_acks_are_socket_io_packets_inside_an_engine_io_message(text: str, ack_id: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert message(f'2["e",{json.dumps(text)}]').payload.decode() == f'42["e",{json.dumps(text)}]'
    ack = acknowledgement(ack_id, {"text": text}).payload.decode()
    assert ack.startswith(f"43{ack_id}[")
    assert json.loads(ack[2 + len(str(ack_id)) :]) == [{"text": text}]


def test_the_opening_tells_the_terms_in_milliseconds_and_fractions_of_seconds_are_kept() -> None:
    terms = json.loads(opening("s", ["websocket"], 0.3, 20, 1000).payload[1:])
    assert terms == {
        "sid": "s",
        "upgrades": ["websocket"],
        "pingInterval": 300,
        "pingTimeout": 20_000,
        "maxPayload": 1000,
    }


def test_the_small_packets_are_those_of_the_protocols() -> None:
    assert [frame.payload for frame in (CLOSE, PING, NOOP, LEAVE)] == [b"1", b"2", b"6", b"41"]
