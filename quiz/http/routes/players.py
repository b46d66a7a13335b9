"""What anybody who knows a PIN may call."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from quiz.game.joining import Door, Joined
from quiz.http.access import ANYONE
from quiz.http.bodies import NO_BODY, json_body
from quiz.http.links import Links, qr_svg
from quiz.http.payloads import JoinRequest, NoQuery
from quiz.http.replies import json_reply
from quiz.http.route import Asked, Reply, route

_SVG: Final = "image/svg+xml"
_QR_KEPT_S: Final = 60
"""How long a browser may keep a QR code, in seconds: no longer than its PIN may be reused unnoticed."""


async def look_at_session(asked: Asked[None, NoQuery, None]) -> web.Response:
    """What a PIN leads to."""
    return json_reply(await asked.services.joining.look(asked.pin, asked.origin))


async def draw_qr_code(asked: Asked[None, NoQuery, None]) -> web.Response:
    """The join link as a picture."""
    base = asked.links.base(asked.request)
    door = await asked.services.joining.look(asked.pin, asked.origin)
    svg = await asyncio.to_thread(qr_svg, Links.join(base, door.pin))
    # Private: without a public URL the link depends on the host that this client asked.
    return web.Response(body=svg, content_type=_SVG, headers={"Cache-Control": f"private, max-age={_QR_KEPT_S}"})


async def join_session(asked: Asked[None, NoQuery, JoinRequest]) -> web.Response:
    """Take a seat."""
    body = asked.body
    return json_reply(await asked.services.joining.join(asked.pin, body.nickname, asked.origin, body.id), 201)


PLAYER_ROUTES: Final = (
    route(
        "GET",
        "/sessions/{pin}",
        look_at_session,
        summary="See what a PIN leads to. Every PIN that cannot be joined by gets the same 404.",
        access=ANYONE,
        query=NoQuery,
        body=NO_BODY,
        replies={200: Reply("A session that can be joined, unless it is locked.", Door)},
        errors=("not_found", "rate_limited"),
    ),
    route(
        "GET",
        "/sessions/{pin}/qr.svg",
        draw_qr_code,
        summary="Get the join link as a QR code.",
        access=ANYONE,
        query=NoQuery,
        body=NO_BODY,
        replies={200: Reply("The QR code.", media_types=(_SVG,), headers=("Cache-Control",))},
        errors=("not_found", "rate_limited"),
    ),
    route(
        "POST",
        "/sessions/{pin}/players",
        join_session,
        summary="Take a seat.",
        access=ANYONE,
        query=NoQuery,
        body=json_body(JoinRequest),
        replies={201: Reply("Seated. The token is the seat: whoever has it is the player.", Joined)},
        errors=("not_found", "nickname_taken", "nickname_invalid", "session_locked", "session_full", "rate_limited"),
    ),
)
