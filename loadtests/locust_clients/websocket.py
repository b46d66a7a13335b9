"""A websocket client that costs little (RFC 6455): text frames, no compression, no fragments, one buffer.

Written on plain sockets. Locust has patched those, so waiting for one lets other users go on.
"""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import ssl
from typing import Final, Self
from urllib.parse import urlsplit

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_READ_BYTES: Final = 16_384
_FINAL: Final = 0x80
_TEXT: Final = 0x1
_PONG: Final = 0xA


class Cut(Exception):
    """The connection has ended, or never came to be; `args[0]` says how."""


class Websocket:
    """One connection. `dial` makes it; one greenlet may read while others write."""

    def __init__(self, connected: socket.socket, beginning: bytes) -> None:
        self._socket = connected
        self._buffer = beginning

    @classmethod
    def dial(cls, url: str, timeout_s: float) -> Self:
        """Connect to an `http` or `https` address with the path and query that the server wants.

        Raises:
            Cut: there is no connection, or the server does not speak websocket here (`http_503` and the like).
        """
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        address = (parts.hostname or "", parts.port or (443 if secure else 80))
        connected: socket.socket | None = None
        try:
            connected = socket.create_connection(address, timeout_s)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if secure:
                connected = ssl.create_default_context().wrap_socket(connected, server_hostname=parts.hostname)
            beginning = _shake_hands(connected, parts.netloc, f"{parts.path}?{parts.query}")
            connected.settimeout(None)
        except (OSError, Cut) as failure:
            if connected is not None:
                connected.close()
            raise failure if isinstance(failure, Cut) else Cut(_name(failure)) from None
        return cls(connected, beginning)

    def read(self) -> list[bytes]:
        """Wait until at least one message has come whole, and give all that have.

        Raises:
            Cut: by the server, by the network, or by `abort`.
        """
        while not (messages := self._messages()):
            try:
                more = self._socket.recv(_READ_BYTES)
            except OSError as failure:
                raise Cut(_name(failure)) from None
            if not more:
                raise Cut("ended")
            self._buffer = self._buffer + more if self._buffer else more
        return messages

    def send(self, message: bytes) -> None:
        """Send a text.

        Raises:
            Cut: it could not be sent; nobody knows how much of it was.
        """
        self._send(_TEXT, message)

    def abort(self) -> None:
        """End the connection without a word, as a network does. Whoever reads finds out."""
        self._socket.close()

    def _messages(self) -> list[bytes]:
        buffer, at, end = self._buffer, 0, len(self._buffer)
        messages: list[bytes] = []
        while end - at >= 2:
            length, body = buffer[at + 1], at + 2
            if length == 126:
                length, body = int.from_bytes(buffer[body : body + 2]), body + 2
            elif length == 127:
                length, body = int.from_bytes(buffer[body : body + 8]), body + 8
            if body + length > end:
                break
            payload = buffer[body : body + length]
            if buffer[at] == _FINAL | _TEXT:
                messages.append(payload)
            else:
                self._control(buffer[at], payload)
            at = body + length
        self._buffer = buffer[at:]
        return messages

    def _control(self, first: int, payload: bytes) -> None:
        match first:
            case 0x88:
                raise Cut(f"close_{int.from_bytes(payload[:2])}" if payload else "close")
            case 0x89:
                self._send(_PONG, payload)
            case 0x8A:
                pass
            case _:
                raise Cut(f"frame_{first:#x}")

    def _send(self, kind: int, payload: bytes) -> None:
        length = len(payload)
        if length < 126:
            head = bytes((_FINAL | kind, 0x80 | length))
        elif length < 65_536:
            head = bytes((_FINAL | kind, 0x80 | 126)) + length.to_bytes(2)
        else:
            head = bytes((_FINAL | kind, 0x80 | 127)) + length.to_bytes(8)
        mask = os.urandom(4)
        key = int.from_bytes((mask * (length // 4 + 1))[:length])
        masked = (int.from_bytes(payload) ^ key).to_bytes(length)
        try:
            self._socket.sendall(head + mask + masked)
        except OSError as failure:
            raise Cut(_name(failure)) from None


def _shake_hands(connected: socket.socket, host: str, target: str) -> bytes:
    """Ask for a websocket; gives what came behind the server's consent."""
    key = base64.b64encode(os.urandom(16))
    lines = (f"GET {target} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", "Upgrade: websocket")
    asked = "\r\n".join((*lines, "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key.decode()}", "", ""))
    connected.sendall(asked.encode())
    reply = b""
    while b"\r\n\r\n" not in reply:
        if not (more := connected.recv(_READ_BYTES)):
            raise Cut("ended")
        reply += more
    head, _, beginning = reply.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1].decode("ascii", "replace")
    if status != "101":
        raise Cut(f"http_{status}")
    if base64.b64encode(hashlib.sha1(key + _GUID).digest()) not in head:  # noqa: S324  (the protocol's choice)
        raise Cut("handshake")
    return beginning


def _name(failure: OSError) -> str:
    return "timeout" if isinstance(failure, TimeoutError) else type(failure).__name__
