"""Quizzes as files, in and out."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from quiz.domain.ids import QuizId, UserId
from quiz.game.library import ImportedQuiz
from quiz.http.access import QUIZ_MASTER
from quiz.http.bodies import FILE_BODY, NO_BODY
from quiz.http.payloads import ExportQuery, ImportQuery
from quiz.http.replies import file_headers, json_reply
from quiz.http.route import Asked, Reply, route


async def import_quiz(asked: Asked[UserId, ImportQuery, bytes]) -> web.Response:
    """Keep the quiz that a file holds."""
    query = asked.query
    imported = await asked.services.library.import_file(asked.by, asked.body, query.format, query.title)
    return json_reply(imported, 201)


async def export_quiz(asked: Asked[UserId, ExportQuery, None]) -> web.Response:
    """A quiz as a file to save."""
    exported = await asked.services.library.export(asked.by, QuizId(asked.id), asked.query.format)
    return web.Response(body=exported.data, headers=file_headers(exported.title, exported.kind))


FILE_ROUTES: Final = (
    route(
        "POST",
        "/quizzes/import",
        import_quiz,
        summary="Make a quiz of a file. What cannot be used is skipped and told.",
        access=QUIZ_MASTER,
        query=ImportQuery,
        body=FILE_BODY,
        replies={201: Reply("Imported.", ImportedQuiz)},
        errors=("not_this_format",),
    ),
    route(
        "GET",
        "/quizzes/{id}/export",
        export_quiz,
        summary="Save a quiz as a file.",
        access=QUIZ_MASTER,
        query=ExportQuery,
        body=NO_BODY,
        replies={200: Reply("The file.", media_types=("application/json", "text/csv"))},
    ),
)
