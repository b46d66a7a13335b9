"""HTTP/1.1 requests written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tests.adversary.wire import HOST, Ended, Wire

SOCKET_PATH: Final = "/socket.io/"


class Response(NamedTuple):
    """An answer; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def request_bytes(
    method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """A request as it goes over the wire; a body brings its length along."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


async def read_response(wire: Wire) -> Response:
    """The answer to a request.

    Raises:
        Ended: there is none.
    """
    head = (await wire.until(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", 0))
    return Response(int(first.split()[1]), headers, await wire.exactly(length))


async def fetch(
    port: int, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """A request on a connection of its own.

    Raises:
        Ended: it was not answered.
    """
    wire = await Wire.open(port)
    try:
        await wire.send(request_bytes(method, target, body, {"Connection": "close", **(headers or {})}))
        return await read_response(wire)
    finally:
        wire.close()


class Barrier:
    """Tells when a node has read what was sent to it before, on whatever connection.

    Its event loop reads all sockets that have something for it before it comes to answer a request that arrives later.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def passed(self) -> None:
        """Return when the node has read everything sent until now."""
        try:
            for _ in range(2):  # what it read in one round it has seen to in the next
                await self._wire.send(request_bytes("GET", "/healthz"))
                assert (await read_response(self._wire)).status == 200
        except Ended:
            raise AssertionError("the node has ended a connection that does no harm") from None
