"""Who may call what: every route names one `Access`, which turns a bearer token into a caller or refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from quiz.domain.ids import UserId
from quiz.domain.roles import Role
from quiz.game.errors import Refused
from quiz.game.staff import Staff
from quiz.game.tokens import BadToken, Seat
from quiz.http.services import Services

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Access(Generic[C]):
    """A kind of caller. `scheme` is its name in the OpenAPI document, None when no token is asked for.

    `identify` takes the value of the `Authorization` header and raises `Refused`: `unauthorized` for a token that is
    bad or missing, `forbidden` for a good one of somebody else.
    """

    scheme: str | None
    description: str
    identify: Callable[[str | None, Services], Awaitable[C]]


async def _anyone(_header: str | None, _services: Services) -> None:
    return None


async def _quiz_master(header: str | None, services: Services) -> UserId:
    match await _bearer(header, services):
        case Seat():
            raise Refused("forbidden", "This is for quiz masters; a token of a game does not do.")
        case user_id:
            return user_id


async def _host(header: str | None, services: Services) -> Staff:
    match await _bearer(header, services):
        case Seat(role=role) if role is not Role.HOST:
            raise Refused("forbidden", "This is for the host of the game.")
        case staff:
            return staff


async def _bearer(header: str | None, services: Services) -> Staff:
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("unauthorized", "A bearer token is missing.")
    try:
        user_id = services.tokens.user(token.strip())
    except BadToken:
        return _seat(token.strip(), services)
    if not await services.accounts.exists(user_id):
        raise Refused("unauthorized", "This account does not exist any more.")
    return user_id


def _seat(token: str, services: Services) -> Seat:
    try:
        return services.tokens.seat(token)
    except BadToken:
        raise Refused("unauthorized", "The token is not valid, or not any more.") from None


ANYONE: Final[Access[None]] = Access(None, "Anyone.", _anyone)
QUIZ_MASTER: Final[Access[UserId]] = Access("quizMaster", "The token that `POST /auth/login` gives.", _quiz_master)
HOST: Final[Access[Staff]] = Access(
    "host", "The `host_token` of the session, or the token of the quiz master who made it.", _host
)
