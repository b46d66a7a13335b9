"""Cursors of lists: where a page ended, opaque to clients."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

import msgspec

from quiz.domain.ids import Millis
from quiz.game.errors import Refused

ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""What our ids are made of; nothing else is worth a question to the database."""


def encode_cursor(instant: Millis, key: str) -> str:
    """The cursor of the line with this instant and id."""
    return base64.urlsafe_b64encode(msgspec.json.encode((instant, key))).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[Millis, str]:
    """The instant and the id in a cursor.

    Raises:
        Refused: `invalid`: no list of ours gave it out.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        instant, key = msgspec.json.decode(text, type=tuple[int, str])
    except (ValueError, binascii.Error):
        raise _refusal() from None
    if not 0 <= instant < 2**53 or not ID.fullmatch(key):
        raise _refusal()
    return Millis(instant), key


def _refusal() -> Refused:
    message = "The cursor is not one that a list gave out."
    return Refused("invalid", message, fields={"cursor": message})
