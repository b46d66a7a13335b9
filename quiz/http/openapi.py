"""The OpenAPI 3.1 document, drawn from the same routes and structs that check requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from quiz.game.errors import ERRORS
from quiz.http.access import HOST, QUIZ_MASTER
from quiz.http.payloads import ErrorBody
from quiz.http.route import Reply, Route
from quiz.http.schema import DIALECT, Json, components, fields_of, reference

VERSION: Final = "1.0.0"
"""Of the contract, not of the package."""

_JSON: Final = "application/json"
_ABOUT: Final = (
    "Quizzes, sessions, seats and reports of a live quiz server. The game itself runs over Socket.IO, see "
    "`/api/v1/asyncapi.json`. Times are integers, milliseconds since the epoch. Unknown fields and unknown parameters "
    "are refused; replies may get new fields."
)
_PATHS: Final[dict[str, tuple[str, Json]]] = {
    "id": ("The id of a quiz or a session.", {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}),
    "player_id": ("The id of a player.", {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}),
    "pin": ("Seven digits.", {"type": "string"}),
}
_HEADERS: Final = {
    "If-Match": "The `ETag` of the revision that is meant.",
    "If-None-Match": "The `ETag` of the revision that is known already.",
}
_REPLY_HEADERS: Final = {
    "ETag": "Names the revision, in quotes.",
    "Cache-Control": "How long it may be kept.",
    "Retry-After": "How many seconds to wait.",
}


def openapi_document(routes: Iterable[Route]) -> Json:
    """The whole document."""
    paths: dict[str, dict[str, Json]] = {}
    shapes: set[type] = {ErrorBody}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
        shapes.update(reply.shape for reply in route.replies.values() if reply.shape is not None)
        if route.body not in {None, bytes}:
            shapes.add(route.body)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {
            "title": "Live quiz: REST",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components(shapes),
            "securitySchemes": {
                access.scheme: {"type": "http", "scheme": "bearer", "description": access.description}
                for access in (QUIZ_MASTER, HOST)
            },
        },
    }


def _operation(route: Route) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": _parameters(route),
        "responses": {
            **{str(status): _reply(reply) for status, reply in route.replies.items()},
            **_errors(route.errors),
        },
        "security": [] if route.access_scheme is None else [{route.access_scheme: []}],
    }
    if route.body is bytes:
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    elif route.body is not None:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": reference(route.body)}}}
    return operation


def _parameters(route: Route) -> list[Json]:
    in_path: list[Json] = [
        {"name": name, "in": "path", "required": True, "description": _PATHS[name][0], "schema": _PATHS[name][1]}
        for name in _PATHS
        if f"{{{name}}}" in route.path
    ]
    in_query: list[Json] = [
        {"name": name, "in": "query", "required": required, "schema": schema}
        for name, required, schema in fields_of(route.query)
    ]
    in_headers: list[Json] = [
        {"name": name, "in": "header", "description": _HEADERS[name], "schema": {"type": "string"}}
        for name in route.headers
    ]
    return in_path + in_query + in_headers


def _reply(reply: Reply) -> Json:
    described: Json = {"description": reply.description}
    if reply.shape is not None:
        described["content"] = {_JSON: {"schema": reference(reply.shape)}}
    elif reply.media_types:
        described["content"] = {media_type: {} for media_type in reply.media_types}
    if reply.headers:
        described["headers"] = _headers(reply.headers)
    return described


def _errors(codes: Sequence[str]) -> dict[str, Json]:
    """One response for each status, whose schema names the codes that come with it."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(ERRORS[code].http, []).append(code)
    return {
        str(status): {
            "description": " ".join(f"`{code}`: {ERRORS[code].message}" for code in among),
            "content": {_JSON: {"schema": _error_schema(among)}},
            **({"headers": _headers(("Retry-After",))} if status in {429, 503} else {}),
        }
        for status, among in sorted(by_status.items())
    }


def _error_schema(codes: Sequence[str]) -> Json:
    code = {"properties": {"code": {"enum": list(codes)}}}
    return {"allOf": [reference(ErrorBody), {"properties": {"error": code}}]}


def _headers(names: Iterable[str]) -> Json:
    return {name: {"description": _REPLY_HEADERS[name], "schema": {"type": "string"}} for name in names}
