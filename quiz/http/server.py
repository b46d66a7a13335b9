"""The HTTP side put together."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from quiz.http.addresses import Addresses
from quiz.http.dispatch import Dispatcher
from quiz.http.headers import header_signal
from quiz.http.health import Check, Health
from quiz.http.links import Links
from quiz.http.pages import Pages
from quiz.http.route import Surroundings
from quiz.http.routes import ROUTES
from quiz.http.services import Services
from quiz.http.settings import HttpSettings
from quiz.observe.metrics import Metrics


def build_http(
    settings: HttpSettings, services: Services, checks: Mapping[str, Check], metrics: Metrics
) -> web.Application:
    """REST, documents, pages, health and metrics in one application, to which others may add their paths.

    Args:
        checks: what `/readyz` asks, by name.
    """
    addresses = Addresses(settings.trusted_proxies)
    around = Surroundings(services, settings, addresses, Links(settings.public_url, addresses))
    app = web.Application()
    app.on_response_prepare.append(header_signal(settings.allowed_origins))
    Dispatcher(ROUTES, around, metrics).add_to(app)
    Health(checks, metrics, settings.readiness_timeout_s).add_to(app)
    Pages(settings.pages).add_to(app)
    return app
