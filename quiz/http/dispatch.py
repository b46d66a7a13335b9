"""One door for all REST calls: picks the route, turns what goes wrong into the contract's error, counts, logs."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import structlog
from aiohttp import web

from quiz.game.errors import Refused, Unavailable
from quiz.http.failures import error_reply, internal_error, unavailable
from quiz.http.route import PREFIX, Route, Surroundings
from quiz.observe.logs import Throttle
from quiz.observe.metrics import Metrics

_NO_ROUTE: Final = "none"
"""What calls of paths that do not exist are counted under: made-up paths must not make metrics."""

log = structlog.get_logger("quiz.http")


class Dispatcher:
    """Serves routes.

    Every call is counted with its status. Refused ones are logged at most once a second for each client, broken ones
    each with their traceback, and no log line holds a body, a query or a token.
    """

    def __init__(self, routes: Iterable[Route], around: Surroundings, metrics: Metrics) -> None:
        self._around = around
        self._metrics = metrics
        self._quiet = Throttle()
        self._paths: dict[str, dict[str, Route]] = defaultdict(dict)
        for route in routes:
            self._paths[route.path][route.method] = route

    def add_to(self, app: web.Application) -> None:
        """Register every path, and an answer in the contract's words for all others under `/api`."""
        for path in self._paths:
            app.router.add_route("*", path, self._serve)
        app.router.add_route("*", "/api{rest:(/.*)?}", self._serve)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        started = time.perf_counter()
        resource = request.match_info.route.resource
        path = resource.canonical if resource is not None else ""
        methods = self._paths.get(path, {})
        reply = await self._answer(request, path if methods else _NO_ROUTE, methods)
        self._metrics.http_requests.labels(route=path if methods else _NO_ROUTE, status=str(reply.status)).inc()
        self._metrics.http_seconds.labels(route=path if methods else _NO_ROUTE).observe(time.perf_counter() - started)
        return reply

    async def _answer(self, request: web.Request, path: str, methods: dict[str, Route]) -> web.StreamResponse:
        try:
            if not methods:
                raise Refused("not_found", f"There is no such call; {PREFIX}/openapi.json lists them.")
            allowed = ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}))
            if request.method == "OPTIONS":
                return web.Response(status=204, headers={"Allow": allowed})
            route = methods.get("GET" if request.method == "HEAD" else request.method)
            if route is None:
                reply = self._refuse(request, path, Refused("method_not_allowed"))
                reply.headers["Allow"] = allowed
                return reply
            return await route.serve(request, self._around)
        except Refused as refused:
            return self._refuse(request, path, refused)
        except Unavailable:
            return self._refuse(request, path, unavailable())
        except ConnectionError:
            raise  # the client has gone, and nobody is left to be told
        except Exception:
            # Whatever it is, the client gets an answer and the operator the traceback.
            log.exception("request failed", action="request", route=path, method=request.method)
            return error_reply(internal_error(), self._around.settings.retry_after_s)

    def _refuse(self, request: web.Request, path: str, refused: Refused) -> web.Response:
        origin = self._around.addresses.origin(request)
        if self._quiet.passes(origin):
            log.info(
                "request refused", action="request", route=path, method=request.method, code=refused.code, origin=origin
            )
        return error_reply(refused, self._around.settings.retry_after_s)
