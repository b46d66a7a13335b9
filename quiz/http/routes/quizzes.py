"""Quizzes: listed, kept, changed, removed."""

from __future__ import annotations

from typing import Final

from aiohttp import ETag, web
from aiohttp.helpers import ETAG_ANY

from quiz.domain.ids import QuizId, UserId
from quiz.domain.quiz import Quiz
from quiz.game.errors import Refused
from quiz.game.library import Revisions
from quiz.http.access import QUIZ_MASTER
from quiz.http.bodies import NO_BODY, QUIZ_BODY
from quiz.http.cursors import decode_cursor, encode_cursor
from quiz.http.payloads import NoQuery, PageQuery, QuizKept, QuizPage
from quiz.http.replies import json_reply, no_reply
from quiz.http.route import Asked, Reply, route


async def list_quizzes(asked: Asked[UserId, PageQuery, None]) -> web.Response:
    """One more than asked for is read, to know whether a page follows."""
    limit, after = asked.query.limit, None
    if asked.query.cursor is not None:
        instant, key = decode_cursor(asked.query.cursor)
        after = (instant, QuizId(key))
    lines = await asked.services.library.page(asked.by, limit + 1, after)
    items = lines[:limit]
    cursor = encode_cursor(items[-1].updated_at, items[-1].id) if len(lines) > limit else None
    return json_reply(QuizPage(items, cursor))


async def add_quiz(asked: Asked[UserId, NoQuery, Quiz]) -> web.Response:
    """Keep a new quiz."""
    kept = await asked.services.library.add(asked.by, asked.body)
    return json_reply(QuizKept(kept.id), 201, etag=str(kept.revision))


async def get_quiz(asked: Asked[UserId, NoQuery, None]) -> web.Response:
    """The document, or nothing when the client has this revision already."""
    stored = await asked.services.library.get(asked.by, QuizId(asked.id))
    etag = str(stored.revision)
    known = asked.request.if_none_match or ()
    if any(tag.value in {etag, ETAG_ANY} for tag in known):
        return no_reply(304, etag=etag)
    return json_reply(stored.quiz, etag=etag)


async def replace_quiz(asked: Asked[UserId, NoQuery, Quiz]) -> web.Response:
    """Put another version in the place of the one the client has seen."""
    if (tags := asked.request.if_match) is None:
        raise Refused("precondition_required")
    kept = await asked.services.library.replace(asked.by, QuizId(asked.id), asked.body, _revisions(tags))
    return json_reply(QuizKept(kept.id), etag=str(kept.revision))


async def remove_quiz(asked: Asked[UserId, NoQuery, None]) -> web.Response:
    """Remove a quiz; with `If-Match` only if it is still as the client has seen it."""
    tags = asked.request.if_match
    await asked.services.library.remove(asked.by, QuizId(asked.id), None if tags is None else _revisions(tags))
    return no_reply()


def _revisions(tags: tuple[ETag, ...]) -> Revisions:
    """The revisions that `If-Match` names; a weak tag or one that is not ours names none."""
    strong = {tag.value for tag in tags if not tag.is_weak}
    if ETAG_ANY in strong:
        return None
    return {int(value) for value in strong if value.isascii() and value.isdecimal() and len(value) <= 15}


QUIZ_ROUTES: Final = (
    route(
        "GET",
        "/quizzes",
        list_quizzes,
        summary="List your quizzes, last changed first.",
        access=QUIZ_MASTER,
        query=PageQuery,
        body=NO_BODY,
        replies={200: Reply("A page of the list.", QuizPage)},
    ),
    route(
        "POST",
        "/quizzes",
        add_quiz,
        summary="Keep a new quiz.",
        access=QUIZ_MASTER,
        query=NoQuery,
        body=QUIZ_BODY,
        replies={201: Reply("Kept.", QuizKept, headers=("ETag",))},
    ),
    route(
        "GET",
        "/quizzes/{id}",
        get_quiz,
        summary="Read a quiz.",
        access=QUIZ_MASTER,
        query=NoQuery,
        body=NO_BODY,
        replies={
            200: Reply("The quiz.", Quiz, headers=("ETag",)),
            304: Reply("It is still as `If-None-Match` says.", headers=("ETag",)),
        },
        headers=("If-None-Match",),
    ),
    route(
        "PUT",
        "/quizzes/{id}",
        replace_quiz,
        summary="Change a quiz.",
        access=QUIZ_MASTER,
        query=NoQuery,
        body=QUIZ_BODY,
        replies={200: Reply("Changed.", QuizKept, headers=("ETag",))},
        errors=("precondition_failed", "precondition_required"),
        headers=("If-Match",),
    ),
    route(
        "DELETE",
        "/quizzes/{id}",
        remove_quiz,
        summary="Remove a quiz. Sessions made from it play on.",
        access=QUIZ_MASTER,
        query=NoQuery,
        body=NO_BODY,
        replies={204: Reply("Removed.")},
        errors=("precondition_failed",),
        headers=("If-Match",),
    ),
)
