"""The first start on an empty database: somebody who can sign in, and something to play."""

from __future__ import annotations

import secrets
from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct

from quiz.domain.quiz import Quiz
from quiz.domain.validation import read_quiz
from quiz.game.accounts import Accounts
from quiz.game.library import Library
from quiz.game.ports import UserStore

ADMIN: Final = "admin"


class Welcome(Struct, frozen=True):
    """How to sign in; `password` is None when the operator chose it."""

    name: str
    password: str | None


def demo_quiz() -> Quiz:
    """A small quiz of all five types."""
    return read_quiz(msgspec.json.decode(files("quiz.game").joinpath("welcome.json").read_bytes()))


async def welcome(users: UserStore, accounts: Accounts, library: Library, password: str | None) -> Welcome | None:
    """Make quiz master `admin` and a demo quiz, if there is no quiz master at all yet; None when there is one.

    Args:
        password: what `admin` signs in with; one is generated when it is None.

    Raises:
        Refused: `invalid` for a password that is too short.
    """
    if await users.count():
        return None
    chosen = password or secrets.token_urlsafe(9)
    user_id = await accounts.add(ADMIN, chosen)
    if user_id is None:
        return None  # another node was quicker
    await library.add(user_id, demo_quiz())
    return Welcome(ADMIN, None if password else chosen)
