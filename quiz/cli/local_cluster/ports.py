"""Ports that parts can listen on, also when they are started again."""

from __future__ import annotations

import errno
import random
import socket
from typing import Final

_RANGE: Final = range(20_000, 32_768)
"""Below the ports that Linux gives to outgoing connections: those of thousands of players would else take the port of a
node that is just being started again."""
_TRIES: Final = 200


def free_port(taken: set[int]) -> int:
    """A port on 127.0.0.1 that nobody listens on and that is not among `taken`, to which it is added.

    Raises:
        OSError: none was found.
    """
    for _ in range(_TRIES):
        port = random.choice(_RANGE)  # noqa: S311
        if port not in taken and is_free("127.0.0.1", port):
            taken.add(port)
            return port
    raise OSError("there is no free port")


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there.

    Raises:
        OSError: `host` is no address of this machine.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True
