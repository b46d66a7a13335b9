"""Signing in."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from quiz.http.access import ANYONE
from quiz.http.bodies import json_body
from quiz.http.payloads import LoginReply, LoginRequest, NoQuery
from quiz.http.replies import json_reply
from quiz.http.route import Asked, Reply, route


async def login(asked: Asked[None, NoQuery, LoginRequest]) -> web.Response:
    """Trade a name and a password for a token."""
    signed_in = await asked.services.accounts.sign_in(asked.body.username, asked.body.password, asked.origin)
    return json_reply(LoginReply(signed_in.token, signed_in.expires_at))


LOGIN_ROUTES: Final = (
    route(
        "POST",
        "/auth/login",
        login,
        summary="Sign in as a quiz master.",
        access=ANYONE,
        query=NoQuery,
        body=json_body(LoginRequest),
        replies={200: Reply("Signed in.", LoginReply)},
        errors=("unauthorized", "rate_limited", "try_again"),
    ),
)
