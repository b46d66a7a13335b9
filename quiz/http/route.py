"""A route: one REST call, told once, for the dispatcher and for the OpenAPI document alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from aiohttp import web

from quiz.game.errors import ERRORS, Refused
from quiz.http.access import Access
from quiz.http.addresses import Addresses
from quiz.http.bodies import Body, read_body, read_query
from quiz.http.cursors import ID
from quiz.http.links import Links
from quiz.http.services import Services
from quiz.http.settings import HttpSettings

B = TypeVar("B")
C = TypeVar("C")
Q = TypeVar("Q")

Method = Literal["GET", "POST", "PUT", "DELETE"]

PREFIX: Final = "/api/v1"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every call can count on."""

    services: Services
    settings: HttpSettings
    addresses: Addresses
    links: Links


@dataclass(frozen=True, slots=True)
class Asked(Generic[C, Q, B]):
    """A call that has passed every check: by whom, with which query and body, from which network."""

    by: C
    query: Q
    body: B
    origin: str
    request: web.Request
    services: Services
    links: Links

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.request.match_info["id"]

    @property
    def player_id(self) -> str:
        """The id of a player in the path."""
        return self.request.match_info["player_id"]

    @property
    def pin(self) -> str:
        """What stands in the path for a PIN; not known to be one."""
        return self.request.match_info["pin"]


@dataclass(frozen=True, slots=True)
class Reply:
    """A way a call can succeed. `shape` is the JSON body's struct; `media_types` name other bodies."""

    description: str
    shape: type | None = None
    media_types: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. `errors` lists every code it may answer."""

    method: Method
    path: str
    name: str
    summary: str
    access_scheme: str | None
    query: type
    body: type | None
    replies: Mapping[int, Reply]
    errors: tuple[str, ...]
    headers: tuple[str, ...]
    serve: Callable[[web.Request, Surroundings], Awaitable[web.StreamResponse]]


def route(
    method: Method,
    path: str,
    handle: Callable[[Asked[C, Q, B]], Awaitable[web.StreamResponse]],
    *,
    summary: str,
    access: Access[C],
    query: type[Q],
    body: Body[B],
    replies: Mapping[int, Reply],
    errors: tuple[str, ...] = (),
    headers: tuple[str, ...] = (),
) -> Route:
    """Describe a call and check its requests before `handle` sees them.

    Args:
        path: under `/api/v1`; `{id}` and `{player_id}` take only what our ids are made of.
        errors: codes of its own, besides those that follow from its parts.
        headers: request headers it understands, for the document.
    """

    async def serve(request: web.Request, around: Surroundings) -> web.StreamResponse:
        by = await access.identify(request.headers.get("Authorization"), around.services)
        if not all(ID.fullmatch(request.match_info.get(name, "-")) for name in ("id", "player_id")):
            raise Refused("not_found")
        asked = Asked(
            by=by,
            query=read_query(request, query),
            body=await read_body(request, body, around.settings),
            origin=around.addresses.origin(request),
            request=request,
            services=around.services,
            links=around.links,
        )
        return await handle(asked)

    codes = {"invalid", "invalid_json", "malformed", "too_large", "unavailable", "internal", *errors}
    if access.scheme is not None:
        codes |= {"unauthorized", "forbidden"}
    if "{id}" in path:
        codes |= {"not_found"}
    return Route(
        method=method,
        path=PREFIX + path,
        name=handle.__name__.strip("_"),
        summary=summary,
        access_scheme=access.scheme,
        query=query,
        body=body.shape,
        replies=replies,
        errors=tuple(code for code in ERRORS if code in codes),
        headers=headers,
        serve=serve,
    )
