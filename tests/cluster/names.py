"""A name server that knows one name, and may learn new addresses for it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

_TYPE_A = 1
_FOUND, _NO_SUCH = 0x8180, 0x8183


class Names(asyncio.DatagramProtocol):
    """Answers every question for an IPv4 address with all of `addresses`, good for a second."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        end = data.index(b"\0", 12) + 5
        question = data[12:end]
        kind = int(struct.unpack("!H", question[-4:-2])[0])
        found = self.addresses if kind == _TYPE_A else []
        head = data[:2] + struct.pack("!HHHHH", _FOUND if found else _NO_SUCH, 1, len(found), 0, 0)
        # 0xC00C points back to the name that was asked for.
        answers = (struct.pack("!HHHIH", 0xC00C, _TYPE_A, 1, 1, 4) + socket.inet_aton(address) for address in found)
        assert self._transport is not None
        self._transport.sendto(head + question + b"".join(answers), addr)


@asynccontextmanager
async def name_server(addresses: list[str]) -> AsyncIterator[tuple[Names, int]]:
    """The server, and the port it listens on at 127.0.0.1."""
    loop = asyncio.get_running_loop()
    transport, names = await loop.create_datagram_endpoint(lambda: Names(addresses), local_addr=("127.0.0.1", 0))
    try:
        yield names, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()
