"""What a bot answers and when, as a person might: decided by dice, and the same again with the same dice."""

from __future__ import annotations

import math
from decimal import Decimal
from random import Random
from typing import Final

from msgspec import Struct

from quiz.domain.answers import AnswerProblem, read_answer
from quiz.domain.grading import grade
from quiz.domain.ids import Millis
from quiz.domain.messages import Answer
from quiz.domain.quiz import ChoiceQuestion, NumericQuestion, OrderQuestion, PollQuestion, Question, TextQuestion

KNOWS_LEAST: Final = 0.5
KNOWS_MOST: Final = 0.8
"""Bots are right this often, the best of them: apart enough that the standings have something to show."""

_QUICKEST_MS: Final = 700
"""Nobody has read a question before."""
_LATEST: Final = 0.9
"""The part of the time limit within which even the slowest answers, so that none of them comes too late."""
_UNTIMED_MS: Final = 9_000
_MISSES: Final = 12
"""Wrong numbers and words that are tried before a bot is right after all."""
_DUNNO: Final = ("?", "???", "…")


class Move(Struct, frozen=True):
    """An answer, and how long after the question has opened it is given, in milliseconds."""

    after_ms: Millis
    answer: Answer


def think(question: Question, shown: tuple[int, ...] | None, knows: float, random: Random) -> Move:
    """Decide what to do about a question.

    Args:
        shown: the order in which an `order` question's items are shown, see `grading.grade`.
        knows: how likely a right answer is, from 0 to 1.
    """
    most = _UNTIMED_MS if question.time_limit is None else question.time_limit * 1000 * _LATEST
    # Two in three have answered after two fifths of the time, few in the first moments, and some late.
    after = _QUICKEST_MS + random.betavariate(2, 4) * (most - _QUICKEST_MS)
    is_right = random.random() < knows
    return Move(Millis(round(after)), _answer(question, shown, random, is_right=is_right))


def _answer(question: Question, shown: tuple[int, ...] | None, random: Random, *, is_right: bool) -> Answer:
    match question:
        case PollQuestion(choices=choices):
            return [random.randrange(len(choices))]
        case ChoiceQuestion():
            return _picks(question, random, is_right=is_right)
        case NumericQuestion():
            return question.answer if is_right else _near_miss(question, random)
        case TextQuestion():
            return random.choice(question.accepted) if is_right else _misspelt(question, random)
        case OrderQuestion(items=items):
            places = range(len(items)) if shown is None else shown
            right = sorted(range(len(items)), key=places.__getitem__)
            return right if is_right else _swapped(right, random)


def _picks(question: ChoiceQuestion, random: Random, *, is_right: bool) -> Answer:
    right = [index for index, choice in enumerate(question.choices) if choice.correct]
    wrong = [index for index, choice in enumerate(question.choices) if not choice.correct]
    if is_right:
        return right
    if not question.multiple:
        return [random.choice(wrong)]
    # One too many, or one too few.
    if wrong and (len(right) == 1 or random.random() < 0.5):
        return sorted([*right, random.choice(wrong)])
    left_out = random.choice(right)
    return [index for index in right if index != left_out] or right


def _near_miss(question: NumericQuestion, random: Random) -> Answer:
    """A number that is not right, on either side, in as many decimals as the answer has."""
    answer, tolerance = Decimal(str(question.answer)), Decimal(str(question.tolerance))
    exponent = answer.as_tuple().exponent
    step = Decimal(1).scaleb(min(0, exponent)) if isinstance(exponent, int) else Decimal(1)
    reach = max(3, math.ceil(abs(answer) / step / 50))
    for _ in range(_MISSES):
        away = tolerance + step * random.randint(1, reach)
        sides = [side for side in (answer - away, answer + away) if (side < 0) == (answer < 0)] or [answer + away]
        miss = _number(random.choice(sides), like=question.answer)
        if not isinstance(read_answer(question, miss), AnswerProblem) and grade(question, miss) == 0:
            return miss
    return question.answer


def _number(value: Decimal, like: float) -> int | float:
    return int(value) if isinstance(like, int) and value == value.to_integral_value() else float(value)


def _misspelt(question: TextQuestion, random: Random) -> Answer:
    """A slip of the finger that is not forgiven, or a shrug."""
    word = random.choice(question.accepted)
    for _ in range(_MISSES):
        at = random.randrange(len(word))
        slip = (
            word[:at] + word[at + 1 :]
            if random.random() < 0.5
            else word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        )
        if _is_wrong(question, slip):
            return slip.strip()
    return next((shrug for shrug in _DUNNO if _is_wrong(question, shrug)), word)


def _is_wrong(question: TextQuestion, text: str) -> bool:
    answer = read_answer(question, text)
    return not isinstance(answer, AnswerProblem) and grade(question, answer) == 0


def _swapped(right: list[int], random: Random) -> Answer:
    """The right order but for two neighbours, sometimes two more."""
    swapped = right.copy()
    while swapped == right:
        for _ in range(random.randint(1, 2)):
            at = random.randrange(len(right) - 1)
            swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
    return swapped
