#!/opt/quiz/bin/python -I
"""`healthy PATH`: whether the node in this container answers 200 there; prints what it says.

Every few seconds, for each node: so it speaks over a plain socket and imports next to nothing.
"""

import socket
import sys

NODE = ("127.0.0.1", 8000)
TIMEOUT_S = 2.5


def main(path: str) -> int:
    """Ask once."""
    try:
        with socket.create_connection(NODE, TIMEOUT_S) as node:
            node.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            reply = node.makefile("rb").read()
    except OSError as error:
        sys.stdout.write(f"no answer: {error}\n")
        return 1
    head, _, body = reply.partition(b"\r\n\r\n")
    sys.stdout.write(body.decode(errors="replace"))
    return 0 if head.split(b" ")[1:2] == [b"200"] else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
