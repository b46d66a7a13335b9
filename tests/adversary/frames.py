"""WebSocket frames, byte by byte (RFC 6455, section 5)."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple

from tests.adversary.wire import Wire


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Frame(NamedTuple):
    """A frame of the server."""

    opcode: Opcode
    payload: bytes

    @property
    def close_code(self) -> int | None:
        """Why the server closes, if this says so."""
        if self.opcode is not Opcode.CLOSE or len(self.payload) < 2:
            return None
        return int(struct.unpack(">H", self.payload[:2])[0])


def client_frame(
    payload: str | bytes,
    opcode: Opcode | int = Opcode.TEXT,
    *,
    final: bool = True,
    reserved: int = 0,
    mask: bytes | None = b"\x37\xfa\x21\x3d",
    length: int | None = None,
) -> bytes:
    """A frame as a client sends it, or should not.

    Args:
        reserved: the three reserved bits, 0 to 7.
        mask: None leaves the payload unmasked, which a client may not.
        length: what the frame says its length is, if not the truth.
    """
    data = payload.encode() if isinstance(payload, str) else payload
    stated = len(data) if length is None else length
    masked = 0 if mask is None else 0x80
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    if stated < 126:
        head += bytes([masked | stated])
    elif stated < 65_536:
        head += bytes([masked | 126]) + struct.pack(">H", stated)
    else:
        head += bytes([masked | 127]) + struct.pack(">Q", stated)
    if mask is None:
        return head + data
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))


async def read_frame(wire: Wire) -> Frame:
    """The next frame of a server, which sends each whole, unmasked and without extensions.

    Raises:
        Ended: there is none.
    """
    first, second = await wire.exactly(2)
    assert first & 0xF0 == 0x80, f"final and without reserved bits: {first:#x}"
    assert not second & 0x80, "servers do not mask"
    length = second
    if length == 126:
        length = struct.unpack(">H", await wire.exactly(2))[0]
        assert length >= 126, "the shortest form of a length"
    elif length == 127:
        length = struct.unpack(">Q", await wire.exactly(8))[0]
        assert length >= 65_536, "the shortest form of a length"
    return Frame(Opcode(first & 0x0F), await wire.exactly(length))
