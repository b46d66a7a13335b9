"""Bots that a host has play along, to rehearse."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from quiz.domain.ids import SessionId
from quiz.game.staff import Staff
from quiz.http.access import HOST
from quiz.http.bodies import NO_BODY, json_body
from quiz.http.payloads import Bots, BotsRemoved, BotsRequest, BotsSeated, NoQuery
from quiz.http.replies import json_reply
from quiz.http.route import Asked, Reply, route


async def count_bots(asked: Asked[Staff, NoQuery, None]) -> web.Response:
    """How many there are."""
    rehearsal = asked.services.rehearsal
    return json_reply(Bots(await rehearsal.count(asked.by, SessionId(asked.id)), rehearsal.bots_most))


async def add_bots(asked: Asked[Staff, NoQuery, BotsRequest]) -> web.Response:
    """Seat some more."""
    seated = await asked.services.rehearsal.add(asked.by, SessionId(asked.id), asked.body.players)
    return json_reply(BotsSeated(seated), 201)


async def remove_bots(asked: Asked[Staff, NoQuery, None]) -> web.Response:
    """Send all of them away."""
    return json_reply(BotsRemoved(await asked.services.rehearsal.remove(asked.by, SessionId(asked.id))))


REHEARSAL_ROUTES: Final = (
    route(
        "GET",
        "/sessions/{id}/bots",
        count_bots,
        summary="See how many bots are seated.",
        access=HOST,
        query=NoQuery,
        body=NO_BODY,
        replies={200: Reply("How many there are, and may be.", Bots)},
    ),
    route(
        "POST",
        "/sessions/{id}/bots",
        add_bots,
        summary="Seat bots that answer like people, to rehearse. They count as players.",
        access=HOST,
        query=NoQuery,
        body=json_body(BotsRequest),
        replies={201: Reply("Seated; they play until the game is over.", BotsSeated)},
        errors=("wrong_phase", "session_locked", "session_full", "try_again"),
    ),
    route(
        "DELETE",
        "/sessions/{id}/bots",
        remove_bots,
        summary="Remove all bots, in whatever phase.",
        access=HOST,
        query=NoQuery,
        body=NO_BODY,
        replies={200: Reply("Their seats are free, and they stand in the standings no more.", BotsRemoved)},
        errors=("stale",),
    ),
)
