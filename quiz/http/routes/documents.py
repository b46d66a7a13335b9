"""The documents that describe all calls, themselves calls."""

from __future__ import annotations

from functools import cache

import msgspec
from aiohttp import web

from quiz.http.access import ANYONE
from quiz.http.asyncapi import asyncapi_document
from quiz.http.bodies import NO_BODY
from quiz.http.openapi import openapi_document
from quiz.http.payloads import NoQuery
from quiz.http.route import Asked, Reply, Route, route

_JSON = "application/json"


def with_documents(others: tuple[Route, ...]) -> tuple[Route, ...]:
    """All routes: the others and those that describe them."""

    @cache
    def openapi() -> bytes:
        return msgspec.json.encode(openapi_document(routes))

    @cache
    def asyncapi() -> bytes:
        return msgspec.json.encode(asyncapi_document())

    async def get_openapi(_asked: Asked[None, NoQuery, None]) -> web.Response:
        return web.Response(body=openapi(), content_type=_JSON)

    async def get_asyncapi(_asked: Asked[None, NoQuery, None]) -> web.Response:
        return web.Response(body=asyncapi(), content_type=_JSON)

    routes = (
        *others,
        route(
            "GET",
            "/openapi.json",
            get_openapi,
            summary="Get this document.",
            access=ANYONE,
            query=NoQuery,
            body=NO_BODY,
            replies={200: Reply("An OpenAPI 3.1 document.", media_types=(_JSON,))},
        ),
        route(
            "GET",
            "/asyncapi.json",
            get_asyncapi,
            summary="Get the document of the Socket.IO side.",
            access=ANYONE,
            query=NoQuery,
            body=NO_BODY,
            replies={200: Reply("An AsyncAPI 3.0 document.", media_types=(_JSON,))},
        ),
    )
    return routes
