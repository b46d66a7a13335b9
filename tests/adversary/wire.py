"""A TCP connection on a plain socket: nothing is read, and nothing is sent, but what a test asks for."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final, Self

HOST: Final = "127.0.0.1"
PATIENCE_S: Final = 30.0
"""How long anything may take that has to come."""
_PIECE: Final = 65_536


class Ended(Exception):
    """The other side has ended the connection."""


class Wire:
    """One connection. What arrives waits in the kernel until somebody reads here."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._pending = bytearray()
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def open(cls, port: int, receive_buffer: int | None = None) -> Self:
        """Connect; `receive_buffer` is in bytes, of which the kernel makes what it thinks fit."""
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.get_running_loop().sock_connect(sock, (HOST, port))
        except BaseException:
            sock.close()
            raise
        return cls(sock)

    async def send(self, data: bytes) -> None:
        """Hand all of it to the kernel.

        Raises:
            Ended: there is nobody any more.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._loop.sock_sendall(self._socket, data)
        except ConnectionError:
            raise Ended from None

    def send_what_fits(self, data: bytes) -> int:
        """Hand over as much as the kernel takes without waiting; how many bytes that were.

        Raises:
            Ended: there is nobody any more.
        """
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except ConnectionError:
            raise Ended from None

    async def some(self, most: int = _PIECE) -> bytes:
        """Whatever comes next, at least one byte.

        Raises:
            Ended: nothing will.
        """
        if self._pending:
            taken = bytes(self._pending[:most])
            del self._pending[:most]
            return taken
        try:
            data = self._socket.recv(most)
        except BlockingIOError:
            data = await self._next(most)
        except ConnectionError:
            raise Ended from None
        if not data:
            raise Ended
        return data

    async def exactly(self, length: int) -> bytes:
        """So many bytes.

        Raises:
            Ended: before they came.
        """
        while len(self._pending) < length:
            self._pending += await self._more()
        return await self.some(length) if length else b""

    async def until(self, mark: bytes) -> bytes:
        """Everything up to a mark and with it.

        Raises:
            Ended: before it came.
        """
        while (end := self._pending.find(mark)) < 0:
            self._pending += await self._more()
        return await self.some(end + len(mark))

    async def rest(self) -> bytes:
        """Everything until the other side ends the connection."""
        data = bytearray()
        try:
            while True:
                data += await self.some()
        except Ended:
            return bytes(data)

    def finish(self) -> None:
        """Say that nothing more will be sent, and go on as if to read."""
        self._socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """End the connection as a crash does: with a reset, whatever is still under way."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def close(self) -> None:
        self._socket.close()

    async def _next(self, most: int) -> bytes:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._loop.sock_recv(self._socket, most)
        except ConnectionError:
            raise Ended from None

    async def _more(self) -> bytes:
        kept, self._pending = self._pending, bytearray()
        try:
            return await self.some()
        finally:
            self._pending = kept + self._pending
