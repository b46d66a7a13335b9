"""The use cases that REST calls carry out."""

from __future__ import annotations

from msgspec import Struct

from quiz.game.accounts import Accounts
from quiz.game.joining import Joining
from quiz.game.library import Library
from quiz.game.rehearsal import Rehearsal
from quiz.game.reports import Reports
from quiz.game.sessions import Sessions
from quiz.game.tokens import Tokens


class Services(Struct, frozen=True, kw_only=True):
    """Everything a route may call."""

    accounts: Accounts
    library: Library
    sessions: Sessions
    joining: Joining
    reports: Reports
    rehearsal: Rehearsal
    tokens: Tokens
