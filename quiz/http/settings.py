"""What an operator may choose about the HTTP side."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final

from msgspec import Struct

Network = IPv4Network | IPv6Network

PAGES: Final = Path(__file__).parent.parent / "web" / "dist"
"""Where the build puts the pages; shipped inside the package."""


class HttpSettings(Struct, frozen=True, kw_only=True):
    """Sizes are bytes, durations seconds.

    `public_url` is what links and QR codes begin with; None takes it from each request. `allowed_origins` are the
    browser origins besides our own that may call the API ("*" for any). `trusted_proxies` are the networks whose
    `X-Forwarded-For` and `X-Forwarded-Proto` are believed. `quiz_most` is no less than
    `file_most`, so that what came in as a file can be changed as a document.
    """

    public_url: str | None = None
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    pages: Path = PAGES
    body_most: int = 64 * 1024
    quiz_most: int = 10 * 1024 * 1024
    file_most: int = 10 * 1024 * 1024
    body_timeout_s: float = 60
    idle_timeout_s: float = 75
    """A connection on which nothing is asked for so long is closed: longer than nginx keeps its own to a node."""
    readiness_timeout_s: float = 2
    retry_after_s: int = 2
    """What clients are told to wait when the database or the node has no time for them."""
