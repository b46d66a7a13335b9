"""What the host of a session takes home."""

from __future__ import annotations

import asyncio
from tempfile import TemporaryFile
from typing import Final

from aiohttp import web

from quiz.domain.ids import PlayerId, SessionId
from quiz.game.report import PlayerAnswers, Report
from quiz.game.reports import StandingsPage
from quiz.game.staff import Staff
from quiz.http.access import HOST
from quiz.http.bodies import NO_BODY
from quiz.http.payloads import NoQuery, ResultsQuery, StandingsQuery
from quiz.http.replies import file_headers, json_reply, send_file
from quiz.http.route import Asked, Reply, route

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def get_standings(asked: Asked[Staff, StandingsQuery, None]) -> web.Response:
    """A stretch of the standings."""
    query = asked.query
    page = await asked.services.reports.standings(asked.by, SessionId(asked.id), query.limit, query.offset)
    return json_reply(page)


async def get_report(asked: Asked[Staff, NoQuery, None]) -> web.Response:
    """How each question went."""
    return json_reply(await asked.services.reports.report(asked.by, SessionId(asked.id)))


async def get_player_answers(asked: Asked[Staff, NoQuery, None]) -> web.Response:
    """What one player gave."""
    reports = asked.services.reports
    return json_reply(await reports.player_answers(asked.by, SessionId(asked.id), PlayerId(asked.player_id)))


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
        "/sessions/{id}/report",
        get_report,
        summary="Read how each question went.",
        access=HOST,
        query=NoQuery,
        body=NO_BODY,
        replies={200: Reply("Every question, asked or not, with what was answered.", Report)},
    ),
    route(
        "GET",
        "/sessions/{id}/players/{player_id}/answers",
        get_player_answers,
        summary="Read a player's answers to closed questions.",
        access=HOST,
        query=NoQuery,
        body=NO_BODY,
        replies={200: Reply("The player's place and answers.", PlayerAnswers)},
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
