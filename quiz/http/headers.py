"""Headers that every answer carries: what a browser may do with it, and which other origins may read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    # Pictures of questions lie wherever their authors found them.
    "img-src 'self' https: data:; "
    "connect-src 'self' ws: wss:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # A PIN stands in the path; the sites whose pictures are shown need not know it.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_CORS_EXPOSED: Final = "ETag, Retry-After"
_CORS_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, If-None-Match",
    "Access-Control-Max-Age": "600",
}

Prepare = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def header_signal(allowed_origins: tuple[str, ...]) -> Prepare:
    """What to hang into `on_response_prepare`.

    Args:
        allowed_origins: browser origins besides our own whose pages may read the API, as `https://quiz.example`; "*"
            for any. Tokens travel in a header and never in a cookie, so an origin gains nothing by its visitors.
    """

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        headers["Server"] = "quiz"  # without the versions that aiohttp names there
        if not request.path.startswith("/api/"):
            return
        headers.setdefault("Cache-Control", "no-store")
        if not allowed_origins:
            return
        headers.add("Vary", "Origin")
        origin = request.headers.get("Origin", "")
        if origin and (origin in allowed_origins or "*" in allowed_origins):
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED
            if request.method == "OPTIONS":
                headers.update(_CORS_PREFLIGHT)

    return prepare
