"""How right an answer is, before speed and points come in."""

from __future__ import annotations

import unicodedata
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from typing import Final

from quiz.domain.messages import Answer
from quiz.domain.quiz import (
    ChoiceQuestion,
    NumericQuestion,
    OrderQuestion,
    PollQuestion,
    Question,
    TextQuestion,
)


def grade(question: Question, answer: Answer, shown: tuple[int, ...] | None = None) -> float | None:
    """Give the credit an answer deserves, from 0.0 (wrong) to 1.0 (right); None for a poll.

    Args:
        question: what was asked.
        answer: as `answers.read_answer` returned it for this question; one of another kind earns nothing.
        shown: for an order question, the index in the document's `items` of each item in the order shown, which is
            what the answer's indexes mean. None when the items are shown as in the document.
    """
    match question, answer:
        case PollQuestion(), _:
            return None
        case ChoiceQuestion(), list():
            return _grade_choice(question, answer)
        case NumericQuestion(), int() | float():
            return float(_is_close(question, answer))
        case TextQuestion(), str():
            return float(fold_text(answer) in _folded(question.accepted))
        case OrderQuestion(), list():
            return float(answer == _right_order(question, shown))
        case _:
            return 0.0


class Grader:
    """Grades many answers to one question: most of them are the same few.

    Args:
        shown: see `grade`.
    """

    def __init__(self, question: Question, shown: tuple[int, ...] | None) -> None:
        self._question = question
        self._shown = shown
        self._credits: dict[object, float | None] = {}

    def grade(self, answer: Answer) -> float | None:
        """What `grade` gives."""
        key = tuple(answer) if isinstance(answer, list) else answer
        try:
            return self._credits[key]
        except KeyError:
            credit = self._credits[key] = grade(self._question, answer, self._shown)
            return credit


def _grade_choice(question: ChoiceQuestion, picks: list[int]) -> float:
    right = {index for index, choice in enumerate(question.choices) if choice.correct}
    picked = set(picks)
    if not question.multiple:
        return float(picked == right)
    return max(0, len(picked & right) - len(picked - right)) / len(right)


def _right_order(question: OrderQuestion, shown: tuple[int, ...] | None) -> list[int]:
    indexes = range(len(question.items))
    return list(indexes) if shown is None else sorted(indexes, key=shown.__getitem__)


# Wide enough for the exact difference of any two doubles as people write them; the trap would tell if it were not.
_EXACT: Final = Context(prec=400, traps=[Inexact, InvalidOperation])


def _is_close(question: NumericQuestion, given: float) -> bool:
    # Over the decimal digits people see: in doubles, 0.3 is not within 0.1 of 0.2.
    answer, tolerance = Decimal(str(question.answer)), Decimal(str(question.tolerance))
    return _EXACT.subtract(Decimal(str(given)), answer).copy_abs() <= tolerance


@lru_cache(maxsize=256)
def _folded(accepted: tuple[str, ...]) -> frozenset[str]:
    # Kept, because a close grades each player's answer against the same few texts.
    return frozenset(map(fold_text, accepted))


# What word processors and phones make of plain quotes, dashes and strokes.
_TYPOGRAPHY: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʻʼʹ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "⁄": "/",
    }
)
# Letters that no normal form splits into a plain letter and a mark.
_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ŋ": "n",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
_OPENING: Final = "'\"([{¿¡「『《〈【‹ "
_CLOSING: Final = "'\")]}.,;:!?…。、」』》〉】› "


def fold_text(text: str) -> str:
    """Fold away what does not make a typed answer wrong: case, accents, spaces, quotes and full stops around it.

    Never empty for a text that has anything but white space: an answer of nothing but marks or punctuation keeps
    them, so that it equals itself and nothing else.
    """
    folded = unicodedata.normalize("NFKC", text.translate(_TYPOGRAPHY)).casefold()
    letters = "".join(filter(_matters, unicodedata.normalize("NFKD", folded))).translate(_LETTERS)
    plain = " ".join(unicodedata.normalize("NFKC", letters.translate(_TYPOGRAPHY)).split())
    return plain.lstrip(_OPENING).rstrip(_CLOSING) or plain or " ".join(folded.split())


def _matters(char: str) -> bool:
    """Whether a character tells answers apart: not invisible ones, and not accents.

    Combining classes from 200 up are the accents proper, 10 to 36 the vowel points of Hebrew, Arabic and Syriac that
    most people leave out. The other marks are letters to their readers: vowels of Indic scripts, tones of Thai, the
    voicing that makes カ a ガ.
    """
    marks = unicodedata.combining(char)
    return not (marks >= 200 or 10 <= marks <= 36 or unicodedata.category(char) == "Cf")
