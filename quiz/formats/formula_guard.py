"""Keeps a spreadsheet from running text as a formula.

A cell that begins with one of a few characters is computed when the file is opened, and nicknames and answers come from
strangers. Such a cell gets an apostrophe in front; reading our own files takes exactly that apostrophe away again.
"""

from __future__ import annotations

import re
from typing import Final

# The signs = + - @, also full-width and small ones; tab and line ends, which end a cell when it is pasted. All of them
# also behind space and invisible characters, which some programs trim.
_TRIGGER: Final = r"[\s\ufeff\u200b-\u200f\u2060]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
_RISKY: Final = re.compile(rf"'*{_TRIGGER}")
_GUARDED: Final = re.compile(rf"'+{_TRIGGER}")


def guard(text: str) -> str:
    """The text as no spreadsheet takes it for a formula. `unguard` gives back the very text.

    Text that would look guarded of itself gets one more apostrophe, so that nothing is lost on the way back.
    """
    return f"'{text}" if _RISKY.match(text) else text


def unguard(text: str) -> str:
    """The text before `guard`."""
    return text[1:] if _GUARDED.match(text) else text
