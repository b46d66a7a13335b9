from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from quiz.cluster.limiter import MemoryLimiter
from quiz.domain.ids import Millis, UserId
from quiz.game.accounts import Accounts
from quiz.game.errors import Refused, Unavailable
from quiz.game.passwords import Passwords, default_hasher
from quiz.game.ports import User
from quiz.game.throttle import DEFAULT_LIMITS, Throttle
from quiz.game.tokens import Tokens

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class FixedClock:
    """Stands still."""

    def now(self) -> Millis:
        return Millis(1_000)


class ForgetfulUsers:
    """A `UserStore` in memory, whose writes after the first may fail."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.is_away = False

    async def add(self, user: User, now: Millis) -> bool:
        return self.users.setdefault(user.name.casefold(), user) is user

    async def by_name(self, name: str) -> User | None:
        return self.users.get(name.casefold())

    async def by_id(self, user_id: UserId) -> User | None:
        return next((user for user in self.users.values() if user.id == user_id), None)

    async def set_password_hash(self, user_id: UserId, password_hash: str) -> None:
        if self.is_away:
            raise Unavailable

    async def count(self) -> int:
        return len(self.users)


@pytest.fixture
def users() -> ForgetfulUsers:
    return ForgetfulUsers()


@pytest.fixture
def accounts(users: ForgetfulUsers) -> Accounts:
    throttle = Throttle(MemoryLimiter(DEFAULT_LIMITS))
    return Accounts(users, Passwords(CHEAP), Tokens("s" * 32), throttle, FixedClock())


async def test_somebody_who_was_added_can_sign_in(accounts: Accounts) -> None:
    user_id = await accounts.add("  Ada ", "correct horse")
    assert user_id is not None
    assert await accounts.exists(user_id)
    signed_in = await accounts.sign_in("ada", "correct horse", "here")
    assert signed_in.expires_at == 1_000 + 12 * 3_600_000


async def test_a_name_is_given_once_whatever_its_case(accounts: Accounts) -> None:
    assert await accounts.add("Ada", "correct horse") is not None
    assert await accounts.add("ADA", "battery staple") is None


@pytest.mark.parametrize(
    ("name", "password", "fields"),
    [
        ("", "correct horse", {"name"}),
        ("   ", "correct horse", {"name"}),
        ("x" * 101, "correct horse", {"name"}),
        ("a\nb", "correct horse", {"name"}),
        ("ada", "seven77", {"password"}),
        ("ada", "x" * 1001, {"password"}),
        ("", "", {"name", "password"}),
    ],
)
async def test_a_name_or_password_that_cannot_be_used_is_refused(
    accounts: Accounts, name: str, password: str, fields: set[str]
) -> None:
    with pytest.raises(Refused) as refused:
        await accounts.add(name, password)
    assert refused.value.code == "invalid"
    assert (refused.value.fields or {}).keys() == fields


async def test_that_a_hash_cannot_be_renewed_keeps_nobody_out(accounts: Accounts, users: ForgetfulUsers) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash("correct horse")
    await users.add(User(UserId("u"), "ada", old), Millis(0))
    users.is_away = True
    assert (await accounts.sign_in("ada", "correct horse", "here")).token


def test_hashes_are_argon2id_with_at_least_what_owasp_asks_for() -> None:
    hasher = default_hasher()
    assert hasher.hash("x").startswith("$argon2id$")
    assert hasher.memory_cost >= 19 * 1024
    assert hasher.time_cost >= 2
