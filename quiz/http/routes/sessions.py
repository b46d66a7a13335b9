"""Sessions as their quiz masters see them."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from quiz.domain.ids import SessionId, UserId
from quiz.game.sessions import Keys
from quiz.http.access import QUIZ_MASTER
from quiz.http.bodies import NO_BODY, json_body
from quiz.http.cursors import decode_cursor, encode_cursor
from quiz.http.links import Links
from quiz.http.payloads import NoQuery, PageQuery, SessionKeys, SessionPage, SessionRequest
from quiz.http.replies import json_reply
from quiz.http.route import Asked, Reply, route


async def make_session(asked: Asked[UserId, NoQuery, SessionRequest]) -> web.Response:
    """Make a session of a quiz as it is now."""
    base = asked.links.base(asked.request)
    keys = await asked.services.sessions.make(asked.by, asked.body.quiz_id, asked.body.settings)
    return json_reply(_session_keys(keys, base), 201)


async def make_session_tokens(asked: Asked[UserId, NoQuery, None]) -> web.Response:
    """New keys to a session that is there already."""
    base = asked.links.base(asked.request)
    keys = await asked.services.sessions.keys(asked.by, SessionId(asked.id))
    return json_reply(_session_keys(keys, base))


async def list_sessions(asked: Asked[UserId, PageQuery, None]) -> web.Response:
    """One more than asked for is read, to know whether a page follows."""
    limit, after = asked.query.limit, None
    if asked.query.cursor is not None:
        instant, key = decode_cursor(asked.query.cursor)
        after = (instant, SessionId(key))
    lines = await asked.services.sessions.page(asked.by, limit + 1, after)
    items = lines[:limit]
    cursor = encode_cursor(items[-1].created_at, items[-1].id) if len(lines) > limit else None
    return json_reply(SessionPage(items, cursor))


def _session_keys(keys: Keys, base: str) -> SessionKeys:
    return SessionKeys(
        id=keys.id,
        pin=keys.pin,
        host_token=keys.host_token,
        screen_token=keys.screen_token,
        affinity=keys.affinity,
        join_url=Links.join(base, keys.pin),
    )


SESSION_ROUTES: Final = (
    route(
        "POST",
        "/sessions",
        make_session,
        summary="Make a session of a quiz as it is now.",
        access=QUIZ_MASTER,
        query=NoQuery,
        body=json_body(SessionRequest),
        replies={201: Reply("Made; players can join.", SessionKeys)},
        errors=("not_found", "try_again"),
    ),
    route(
        "GET",
        "/sessions",
        list_sessions,
        summary="List your sessions, newest first.",
        access=QUIZ_MASTER,
        query=PageQuery,
        body=NO_BODY,
        replies={200: Reply("A page of the list.", SessionPage)},
    ),
    route(
        "POST",
        "/sessions/{id}/tokens",
        make_session_tokens,
        summary="Get new tokens for a session of yours, to host it from another device.",
        access=QUIZ_MASTER,
        query=NoQuery,
        body=NO_BODY,
        replies={200: Reply("New tokens; the old ones hold too.", SessionKeys)},
    ),
)
