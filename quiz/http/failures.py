"""From a refusal to the contract's error."""

from __future__ import annotations

import msgspec
from aiohttp import web

from quiz.game.errors import Refused
from quiz.game.throttle import TooMany
from quiz.http.payloads import ErrorBody, ErrorDetail


def error_reply(refused: Refused, retry_after_s: int) -> web.Response:
    """The error that a refusal stands for.

    Args:
        retry_after_s: how long to wait where nothing more particular is known.
    """
    detail = ErrorDetail(refused.code, refused.message, refused.fields or None)
    reply = web.Response(
        body=msgspec.json.encode(ErrorBody(detail)), status=refused.kind.http, content_type="application/json"
    )
    if refused.kind.http == 401:
        reply.headers["WWW-Authenticate"] = "Bearer"
    if refused.kind.http in {429, 503}:
        reply.headers["Retry-After"] = str(refused.wait_s if isinstance(refused, TooMany) else retry_after_s)
    return reply


def unavailable() -> Refused:
    """The database is away."""
    return Refused("unavailable", "The database does not answer just now; try again.")


def internal_error() -> Refused:
    """Something unexpected happened; what, is for the log only."""
    return Refused("internal")
