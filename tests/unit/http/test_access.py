"""Every route with every kind of token."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import Struct

from quiz.domain.ids import Millis, PlayerId, SessionId, UserId
from quiz.domain.roles import Role
from quiz.game.tokens import Seat, Tokens
from quiz.http.route import PREFIX, Route
from quiz.http.routes import ROUTES
from tests.unit.http.stand_ins import QUIZ
from tests.unit.http.world import World

GUARDED = [route for route in ROUTES if route.access_scheme is not None]
FOR_QUIZ_MASTERS = [route for route in GUARDED if route.access_scheme == "quizMaster"]
FOR_HOSTS = [route for route in GUARDED if route.access_scheme == "host"]
QUIZ_FILE = msgspec.json.encode(QUIZ)


class Ids(Struct, frozen=True):
    """What stands in the place of `{id}`, and of `{player_id}`."""

    quiz: str
    session: str
    player: str

    def of(self, route: Route) -> str:
        return self.quiz if "/quizzes" in route.path else self.session


def named(route: Route) -> str:
    return route.name


async def call(world: World, route: Route, ids: Ids, header: str | None) -> tuple[int, str | None]:
    path = route.path.removeprefix(PREFIX).replace("{id}", ids.of(route)).replace("{player_id}", ids.player)
    required = [f"{name}=json" for name in ("format",) if name in getattr(route.query, "__struct_fields__", ())]
    body = {
        "make_session": {"quiz_id": ids.quiz},
        "add_quiz": QUIZ,
        "replace_quiz": QUIZ,
        "add_bots": {"players": 1},
    }.get(route.name)
    headers = {"If-Match": "*"} if "If-Match" in route.headers else {}
    if header is not None:
        headers["Authorization"] = header
    answered = await world.call(
        route.method,
        f"{path}?{'&'.join(required)}",
        body,
        data=QUIZ_FILE if route.body is bytes else None,
        headers=headers,
    )
    is_error = answered.status >= 400
    return answered.status, answered.code if is_error else None


@pytest.fixture
async def ids(world: World, ada: str) -> Ids:
    session = await world.make_session(ada)
    player = await world.join(session["pin"], "Somebody")
    return Ids(quiz=await world.add_quiz(ada), session=session["id"], player=player["player_id"])


def test_all_routes_but_these_ask_for_a_token() -> None:
    assert {route.name for route in ROUTES if route.access_scheme is None} == {
        "login",
        "look_at_session",
        "draw_qr_code",
        "join_session",
        "get_openapi",
        "get_asyncapi",
    }


@pytest.mark.parametrize("route", GUARDED, ids=named)
async def test_no_token_that_is_missing_altered_expired_or_signed_by_others_opens_a_route(
    world: World, ada: str, ids: Ids, route: Route
) -> None:
    ada_id, host = world.tokens.user(ada), Seat(SessionId(ids.session), Role.HOST)
    strangers = Tokens("somebody else's secret, just as long as ours")
    past, later = Millis(world.clock.at - 60_000), world.in_hours(1)
    header, claims, signature = ada.split(".")
    for bad in (
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer rubbish",
        f"Basic {ada}",
        ada,
        f"Bearer {header}.{claims}.{signature[::-1]}",
        f"Bearer {header}.{claims[:-2]}AA.{signature}",
        f"Bearer {claims}",
        "Bearer " + "x" * 5000,
        "Bearer é",
        f"Bearer {world.tokens.for_user(ada_id, past)}",
        f"Bearer {world.tokens.for_seat(host, past)}",
        f"Bearer {strangers.for_user(ada_id, later)}",
        f"Bearer {strangers.for_seat(host, later)}",
        f"Bearer {world.tokens.for_user(UserId('nobody'), later)}",
    ):
        assert await call(world, route, ids, bad) == (401, "unauthorized"), bad


@pytest.mark.parametrize("route", FOR_QUIZ_MASTERS, ids=named)
async def test_no_token_of_a_session_opens_what_is_for_quiz_masters(world: World, ids: Ids, route: Route) -> None:
    for role in Role:
        player = PlayerId("p") if role is Role.PLAYER else None
        token = world.tokens.for_seat(Seat(SessionId(ids.session), role, player), world.in_hours(1))
        assert await call(world, route, ids, f"Bearer {token}") == (403, "forbidden"), role


@pytest.mark.parametrize("route", FOR_HOSTS, ids=named)
async def test_only_the_hosts_own_token_opens_what_is_for_hosts(world: World, eve: str, ids: Ids, route: Route) -> None:
    session = SessionId(ids.session)
    player = world.tokens.for_seat(Seat(session, Role.PLAYER, PlayerId("p")), world.in_hours(1))
    screen = world.tokens.for_seat(Seat(session, Role.SCREEN), world.in_hours(1))
    elsewhere = world.tokens.for_seat(Seat(SessionId("elsewhere"), Role.HOST), world.in_hours(1))
    host = world.tokens.for_seat(Seat(session, Role.HOST), world.in_hours(1))
    for token in (player, screen, elsewhere, eve):
        assert await call(world, route, ids, f"Bearer {token}") == (403, "forbidden")
    assert await call(world, route, ids, f"bearer {host}") == (min(route.replies), None)


@pytest.mark.parametrize("route", GUARDED, ids=named)
async def test_the_right_token_opens_every_route(world: World, ada: str, ids: Ids, route: Route) -> None:
    status, code = await call(world, route, ids, f"Bearer {ada}")
    assert (status in route.replies, code) == (True, None)


@pytest.mark.parametrize("route", [route for route in GUARDED if "{id}" in route.path], ids=named)
async def test_an_id_that_none_of_ours_could_be_is_not_found(world: World, ada: str, route: Route) -> None:
    for bad in ("%20", "a.b", "a%00b", "ä", "x" * 65, "%2e%2e", "'--"):
        assert await call(world, route, Ids(bad, bad, bad), f"Bearer {ada}") == (404, "not_found"), bad
