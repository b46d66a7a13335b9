"""What a player's answer has become."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from quiz.domain.tally import StoredAnswer


class Receipt(Struct, frozen=True, gc=False):
    """An answer that is safe, and where: in the database, or in the overflow queue on its way there."""

    answer: StoredAnswer
    status: Literal["saved", "queued"]
