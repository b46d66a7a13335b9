"""What every `UserStore` does."""

from __future__ import annotations

import asyncio

from quiz.domain.ids import UserId
from quiz.game.ports import User
from quiz.storage.storage import Storage
from tests.contract.storage.games import NOON

ADA = User(UserId("u-1"), "Ada", "hash of Ada's password")


async def test_a_user_is_found_by_id_and_by_name(storage: Storage) -> None:
    assert await storage.users.add(ADA, NOON)
    assert await storage.users.by_id(ADA.id) == ADA
    assert await storage.users.by_name("Ada") == ADA


async def test_nobody_is_found_who_was_not_added(storage: Storage) -> None:
    assert await storage.users.by_id(ADA.id) is None
    assert await storage.users.by_name("Ada") is None


async def test_a_name_is_found_in_any_case_and_keeps_its_own(storage: Storage) -> None:
    await storage.users.add(User(UserId("u-2"), "Weiß", "hash"), NOON)
    found = await storage.users.by_name("WEISS")
    assert found is not None
    assert found.name == "Weiß"


async def test_a_name_is_found_whether_its_accents_were_typed_as_one_character_or_two(storage: Storage) -> None:
    await storage.users.add(User(UserId("u-2"), "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}", "hash"), NOON)
    assert await storage.users.by_name("zoe\N{COMBINING DIAERESIS}") is not None


async def test_a_name_that_differs_in_case_only_is_taken(storage: Storage) -> None:
    assert await storage.users.add(ADA, NOON)
    assert not await storage.users.add(User(UserId("u-2"), "ADA", "hash"), NOON)
    assert await storage.users.by_id(UserId("u-2")) is None


async def test_adding_the_same_user_again_is_no_conflict_with_itself(storage: Storage) -> None:
    assert await storage.users.add(ADA, NOON)
    assert await storage.users.add(ADA, NOON)
    assert await storage.users.count() == 1


async def test_of_many_who_want_a_name_at_once_one_gets_it(storage: Storage) -> None:
    asked = [storage.users.add(User(UserId(f"u-{number}"), "Ada", "hash"), NOON) for number in range(10)]
    assert sorted(await asyncio.gather(*asked)) == [False] * 9 + [True]
    assert await storage.users.count() == 1


async def test_a_password_can_be_changed(storage: Storage) -> None:
    await storage.users.add(ADA, NOON)
    await storage.users.set_password_hash(ADA.id, "another hash")
    found = await storage.users.by_id(ADA.id)
    assert found is not None
    assert found.password_hash == "another hash"


async def test_users_are_counted(storage: Storage) -> None:
    assert await storage.users.count() == 0
    await storage.users.add(ADA, NOON)
    await storage.users.add(User(UserId("u-2"), "Grace", "hash"), NOON)
    assert await storage.users.count() == 2
