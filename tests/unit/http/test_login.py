from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher

from quiz.domain.ids import UserId
from quiz.game.passwords import Passwords
from quiz.game.ports import User
from tests.unit.http.world import CHEAP, World, a_world


async def log_in(world: World, username: str = "ada", password: str = "correct horse") -> int:
    body = {"username": username, "password": password}
    return (await world.call("POST", "/auth/login", body)).status


async def test_name_and_password_give_a_token_that_opens_the_door_for_twelve_hours(world: World, ada: str) -> None:
    reply = await world.call("POST", "/auth/login", {"username": "ada", "password": "correct horse"})
    assert reply.status == 200
    assert reply.json["expires_at"] == world.in_hours(12)
    assert (await world.call("GET", "/quizzes", token=reply.json["token"])).status == 200


@pytest.mark.parametrize("username", ["ADA", " Ada "])
async def test_case_and_spaces_around_the_name_do_not_matter(world: World, ada: str, username: str) -> None:
    assert await log_in(world, username) == 200


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(world: World, ada: str) -> None:
    wrong = await world.call("POST", "/auth/login", {"username": "ada", "password": "wrong"})
    unknown = await world.call("POST", "/auth/login", {"username": "nobody", "password": "wrong"})
    unspeakable = await world.call("POST", "/auth/login", {"username": "a\0da", "password": "wrong"})
    assert wrong.status == 401
    assert wrong.body == unknown.body == unspeakable.body
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


async def test_an_unknown_name_costs_a_hash_too(world: World, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    def verify(self: PasswordHasher, hashed: str, password: str) -> bool:
        verified.append(hashed)
        return real(self, hashed, password)

    real = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", verify)
    await log_in(world, "nobody")
    assert [hashed.startswith("$argon2id$") for hashed in verified] == [True]


async def test_after_ten_failures_a_name_is_closed_for_this_address_also_to_the_right_password(
    world: World, ada: str
) -> None:
    assert [await log_in(world, password="wrong") for _ in range(11)] == [401] * 10 + [429]
    assert await log_in(world) == 429
    assert await log_in(world, "ADA ") == 429


async def test_who_is_over_the_limit_is_told_how_long_to_wait_and_let_in_after_that(world: World, ada: str) -> None:
    for _ in range(10):
        await log_in(world, password="wrong")
        world.clock.forward(1)
    refused = await world.call("POST", "/auth/login", {"username": "ada", "password": "correct horse"})
    assert (refused.code, refused.headers["Retry-After"]) == ("rate_limited", "50")
    world.clock.forward(50)
    assert await log_in(world) == 200


async def test_signing_in_forgives_no_failures(world: World, ada: str) -> None:
    for _ in range(9):
        await log_in(world, password="wrong")
    assert await log_in(world) == 200
    assert [await log_in(world, password="wrong") for _ in range(2)] == [401, 429]


async def test_signing_in_often_is_not_limited(world: World, ada: str) -> None:
    assert {await log_in(world) for _ in range(60)} == {200}


async def test_guessing_many_names_is_limited_by_address(world: World, ada: str) -> None:
    assert {await log_in(world, f"name {number}") for number in range(50)} == {401}
    assert await log_in(world, "another name") == 429
    assert await log_in(world) == 429


async def test_guesses_made_together_get_no_further_than_those_made_one_by_one(world: World, ada: str) -> None:
    statuses = await asyncio.gather(*(log_in(world, password=f"guess {number}") for number in range(100)))
    assert statuses.count(401) <= 11, "ten, and one more that had its turn while the tenth was counted"
    assert set(statuses) == {401, 429}


class HeldHasher(PasswordHasher):
    """Verifies only after `go` was set, and knows how many waited for that together."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go = threading.Event()
        self.at_work = 0
        self.most_at_work = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        assert self.go.wait(timeout=30)
        self.at_work -= 1
        return super().verify(hash, password)


async def test_while_a_hundred_people_sign_in_everything_else_is_served(tmp_path: Path) -> None:
    hasher = HeldHasher()
    async with a_world(tmp_path, passwords=Passwords(hasher)) as world:
        ada = await world.add_user()
        logins = [asyncio.create_task(log_in(world)) for _ in range(100)]
        while hasher.at_work < 2:
            await world.get("/healthz")
        assert (await world.call("GET", "/quizzes", token=ada)).status == 200
        assert not any(login.done() for login in logins)
        hasher.go.set()
        assert set(await asyncio.gather(*logins)) == {200}
    assert hasher.most_at_work == 2


async def test_too_many_who_wait_to_sign_in_are_told_to_try_again(tmp_path: Path) -> None:
    async with a_world(tmp_path, passwords=Passwords(CHEAP, at_once=1, waiting_most=3)) as world:
        await world.add_user()
        async with world.services.accounts._passwords.turn():
            waiting = [asyncio.create_task(log_in(world)) for _ in range(5)]
            done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            while len(done) < 2:
                done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [503, 503]
        assert await asyncio.gather(*pending) == [200, 200, 200]


async def test_a_hash_with_old_parameters_is_made_anew_when_its_owner_signs_in(world: World) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash("correct horse")
    await world.storage.users.add(User(UserId("u1"), "ada", old), world.clock.now())
    assert await log_in(world) == 200
    user = await world.storage.users.by_name("ada")
    assert user is not None
    assert user.password_hash != old
    assert CHEAP.verify(user.password_hash, "correct horse")


async def test_a_hash_that_is_none_lets_nobody_in(world: World) -> None:
    await world.storage.users.add(User(UserId("u1"), "ada", "correct horse"), world.clock.now())
    assert await log_in(world) == 401
