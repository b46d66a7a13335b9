"""A quiz as CSV, in the layout of `csv_columns`: what spreadsheets open without harm and the import reads back."""

from __future__ import annotations

import csv
import io
from typing import Final

from quiz.domain.quiz import ChoiceQuestion, NumericQuestion, OrderQuestion, PollQuestion, Question, Quiz, TextQuestion
from quiz.formats import csv_columns as column
from quiz.formats.formula_guard import guard

_ANSWERS_MIN: Final = 4

_Cell = str | int | float


def write(quiz: Quiz) -> bytes:
    """The quiz as CSV: UTF-8 with a byte order mark, without which Excel shows accents as letter salad.

    Text that a spreadsheet would compute gets an apostrophe in front, which the import takes away. Line breaks inside
    a text come back as line feeds, and neighbouring rounds of the same title as one.
    """
    answers = max((len(_answers(question)) for question in quiz.questions), default=0)
    names = [f"answer {number}" for number in range(1, max(answers, _ANSWERS_MIN) + 1)]
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, [*column.BEFORE_ANSWERS, *names, *column.AFTER_ANSWERS], restval="")
    rows.writeheader()
    about: dict[str, _Cell] = {column.QUIZ: guard(quiz.title), column.LANGUAGE: guard(quiz.language)}
    for round_ in quiz.rounds:
        for question in round_.questions:
            given = dict(zip(names, _answers(question), strict=False))
            rows.writerow({column.ROUND: guard(round_.title), **_row(question), **given, **about})
            about = {}
    return text.getvalue().encode("utf-8-sig")


def _row(question: Question) -> dict[str, _Cell]:
    """The cells of a question but its answers. Numbers stay numbers, also negative ones."""
    row: dict[str, _Cell] = {
        column.TYPE: question.kind,
        column.QUESTION: guard(question.text),
        column.TIME_LIMIT: column.UNTIMED if question.time_limit is None else question.time_limit,
        column.POINTS: question.points,
        column.EXPLANATION: guard(question.explanation or ""),
        column.IMAGE: guard(question.image or ""),
    }
    match question:
        case ChoiceQuestion():
            right = (str(number) for number, choice in enumerate(question.choices, start=1) if choice.correct)
            row[column.CORRECT] = ",".join(right)
            row[column.MULTIPLE] = "yes" if question.multiple else "no"
        case NumericQuestion():
            row[column.TOLERANCE] = question.tolerance
        case TextQuestion() | OrderQuestion() | PollQuestion():
            pass
    return row


def _answers(question: Question) -> list[_Cell]:
    match question:
        case ChoiceQuestion() | PollQuestion():
            return [guard(choice.text) for choice in question.choices]
        case TextQuestion():
            return [guard(text) for text in question.accepted]
        case OrderQuestion():
            return [guard(text) for text in question.items]
        case NumericQuestion():
            return [question.answer]
