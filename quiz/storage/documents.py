"""The JSON that stands in columns: how values become text and come back the same."""

from __future__ import annotations

from typing import Final

import msgspec

from quiz.domain.messages import Answer
from quiz.domain.quiz import Quiz
from quiz.domain.script import Script
from quiz.domain.session import Settings

# Whole numbers apart from others: an answer read back has to be acked with the same bytes.
_ANSWER: Final[msgspec.json.Decoder[Answer]] = msgspec.json.Decoder(list[int] | int | float | str)
_QUIZ: Final = msgspec.json.Decoder(Quiz)
_SCRIPT: Final = msgspec.json.Decoder(Script)
_SETTINGS: Final = msgspec.json.Decoder(Settings)
_NUMBERS: Final = msgspec.json.Decoder(tuple[int, ...])
_ENCODER: Final = msgspec.json.Encoder()


def to_text(value: Answer | Quiz | Script | Settings | tuple[int, ...]) -> str:
    """Encode a value.

    Raises:
        UnicodeEncodeError: when a text in it has half a surrogate pair, which no database stores.
    """
    return _ENCODER.encode(value).decode()


def answer_from(document: str) -> Answer:
    """Read an answer."""
    return _ANSWER.decode(document)


def quiz_from(document: str) -> Quiz:
    """Read a quiz; it was validated before it was stored."""
    return _QUIZ.decode(document)


def script_from(document: str) -> Script:
    """Read a frozen quiz."""
    return _SCRIPT.decode(document)


def settings_from(document: str) -> Settings:
    """Read a session's settings."""
    return _SETTINGS.decode(document)


def numbers_from(document: str) -> tuple[int, ...]:
    """Read a list of question numbers."""
    return _NUMBERS.decode(document)
