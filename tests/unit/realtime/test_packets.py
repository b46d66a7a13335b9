"""Reading what clients send, whatever it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.realtime.packets import (
    BadPacket,
    ClientPacket,
    ConnectPacket,
    EventPacket,
    LeavePacket,
    Unreadable,
    read_packet,
)

LARGEST = 1_000

jsons = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(min_size=1, max_size=20), st.lists(jsons, max_size=2), st.none() | st.integers(0, 10**9))
def test_every_event_packet_is_read_as_it_was_meant(name: str, args: list[Any], ack_id: int | None) -> None:
    name = name.encode("utf-8", "replace").decode()
    body = json.dumps([name, *args])
    packet = read_packet(f"2{'' if ack_id is None else ack_id}{body}", 100_000)
    assert packet == EventPacket(name, tuple(json.loads(body)[1:]), ack_id)


@given(st.text() | st.binary() | jsons)
def test_nothing_that_comes_over_the_wire_raises(data: object) -> None:
    assert isinstance(read_packet(data, LARGEST), ClientPacket)


@pytest.mark.parametrize(
    ("data", "cause", "ack_id"),
    [
        (b"binary", BadPacket.BINARY, None),
        ('51-7["answer",{"_placeholder":true,"num":0}]', BadPacket.BINARY, 7),
        ("61-7[]", BadPacket.BINARY, 7),
        ({"a": 1}, BadPacket.MALFORMED, None),
        ("", BadPacket.MALFORMED, None),
        ("9", BadPacket.MALFORMED, None),
        ("27[", BadPacket.MALFORMED, 7),
        ("27{}", BadPacket.MALFORMED, 7),
        ("27[]", BadPacket.MALFORMED, 7),
        ("27[7]", BadPacket.MALFORMED, 7),
        ('27["e",NaN]', BadPacket.MALFORMED, 7),
        ('27["e","' + "x" * LARGEST + '"]', BadPacket.TOO_LARGE, 7),
        ("27" + "[" * 900, BadPacket.MALFORMED, 7),
        ("2" + "1" * 400 + '["e"]', BadPacket.MALFORMED, None),
    ],
    ids=repr,
)
def test_an_unreadable_packet_names_its_cause_and_the_ack_it_waits_for(
    data: object, cause: BadPacket, ack_id: int | None
) -> None:
    packet = read_packet(data, LARGEST)
    assert isinstance(packet, Unreadable)
    assert packet.cause is cause
    if len(str(data)) < 400:
        assert packet.ack_id == ack_id


@pytest.mark.parametrize("head", ["0", "0/,"])
def test_a_connect_brings_its_namespace_and_what_it_has_to_show(head: str) -> None:
    assert read_packet(head + '{"token":"t"}', LARGEST) == ConnectPacket("/", {"token": "t"})
    assert read_packet("0/admin,", LARGEST) == ConnectPacket("/admin", None)
    assert read_packet("0/admin?a=1,{}", LARGEST) == ConnectPacket("/admin", {})
    assert read_packet(head + '"' + "x" * LARGEST + '"', LARGEST) == ConnectPacket("/", None)


@pytest.mark.parametrize("data", ["0{", "0/," + "[" * 900, "1/admin,", '2/admin,5["time"]', "4{}"])
def test_what_is_no_packet_of_ours_is_malformed_or_too_large(data: str) -> None:
    assert isinstance(read_packet(data, LARGEST), Unreadable)


def test_a_disconnect_is_read_as_leaving() -> None:
    assert read_packet("1", LARGEST) == LeavePacket()


def test_the_attachments_of_a_refused_packet_are_known_and_bounded() -> None:
    assert read_packet('52-7["a"]', LARGEST) == Unreadable(BadPacket.BINARY, 7, 2)
    assert read_packet('599999999999999999999-7["a"]', LARGEST) == Unreadable(BadPacket.BINARY, 7, 16)
