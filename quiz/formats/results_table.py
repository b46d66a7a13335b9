"""The columns of results as a spreadsheet shows them; the same for CSV and XLSX."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from openpyxl.cell.cell import ERROR_CODES

from quiz.domain.ids import Millis
from quiz.formats.formula_guard import guard
from quiz.game.files import AnswerRow, PlayerRow, QuestionRow

Cell = str | int | float | None
Row = tuple[Cell, ...]

QUESTION_COLUMNS: Final = ("question", "round", "type", "text", "correct", "points", "voided")
PLAYER_COLUMNS: Final = ("rank", "player id", "nickname", "points", "correct", "response ms")
ANSWER_COLUMNS: Final = (
    "nickname",
    "player id",
    "removed",
    "question",
    "question text",
    "answer",
    "correct",
    "points",
    "response ms",
    "received at",
)

_NO_CHARACTER: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML, and so a workbook, cannot hold: most control characters, surrogates, non-characters."""


def question_cells(row: QuestionRow) -> Row:
    """The cells under `QUESTION_COLUMNS`."""
    voided = _yes_no(row.voided)
    return row.number, _safe(row.round), row.type, _safe(row.text), _safe(row.correct), row.points, voided


def player_cells(row: PlayerRow) -> Row:
    """The cells under `PLAYER_COLUMNS`."""
    return row.rank, _safe(row.player_id), _safe(row.nickname), row.points, row.correct, row.response_ms


def answer_cells(row: AnswerRow) -> Row:
    """The cells under `ANSWER_COLUMNS`. Numbers stay numbers."""
    return (
        _safe(row.nickname),
        _safe(row.player_id),
        _yes_no(row.removed),
        row.question,
        _safe(row.question_text),
        _safe(row.answer) if isinstance(row.answer, str) else row.answer,
        _yes_no(row.correct),
        row.points,
        row.response_ms,
        _instant(row.received_at),
    )


def _instant(at: Millis) -> str:
    """The instant in UTC, to the millisecond, as text: spreadsheets would round it and guess at the time zone."""
    seconds, millis = divmod(at, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{millis:03}Z"


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _safe(text: str) -> str:
    """The text without what no spreadsheet takes, and neither a formula nor an error to any of them."""
    text = _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"'{text}" if text in ERROR_CODES else guard(text)
