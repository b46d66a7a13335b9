"""What the host of a session takes home."""

from __future__ import annotations

import asyncio
from tempfile import TemporaryFile
from typing import Final

from aiohttp import web

from quiz.domain.ids import SessionId
from quiz.game.reports import Staff, StandingsPage
from quiz.http.access import HOST
from quiz.http.bodies import NO_BODY
from quiz.http.payloads import ResultsQuery, StandingsQuery
from quiz.http.replies import file_headers, json_reply, send_file
from quiz.http.route import Asked, Reply, route

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def get_standings(asked: Asked[Staff, StandingsQuery, None]) -> web.Response:
    """A stretch of the standings."""
    query = asked.query
    page = await asked.services.reports.standings(asked.by, SessionId(asked.id), query.limit, query.offset)
    return json_reply(page)


async def get_results(asked: Asked[Staff, ResultsQuery, None]) -> web.StreamResponse:
    """Every answer, written to a file first: what goes wrong is told, not cut off, and slow readers hold up nobody."""
    with await asyncio.to_thread(TemporaryFile) as file:
        written = await asked.services.reports.results(asked.by, SessionId(asked.id), asked.query.format, file)
        return await send_file(asked.request, file, file_headers(f"{written.title} - results", written.kind))


REPORT_ROUTES: Final = (
    route(
        "GET",
        "/sessions/{id}/standings",
        get_standings,
        summary="Read the standings after the last closed question.",
        access=HOST,
        query=StandingsQuery,
        body=NO_BODY,
        replies={200: Reply("A stretch of the standings.", StandingsPage)},
    ),
    route(
        "GET",
        "/sessions/{id}/results",
        get_results,
        summary="Save every answer of every player as a file.",
        access=HOST,
        query=ResultsQuery,
        body=NO_BODY,
        replies={200: Reply("The file.", media_types=("application/json", "text/csv", XLSX))},
    ),
)
