"""From untrusted data to a `Quiz`, or to a list of problems worded for the person who wrote the document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from quiz.domain.problems import Problem, counted, shape_problem
from quiz.domain.quiz import (
    ACCEPTED_MAX,
    CHOICES_MAX,
    CHOICES_MIN,
    EXPLANATION_MAX,
    NUMBER_MAX,
    POINTS_MAX,
    QUESTIONS_MAX,
    ROUNDS_MAX,
    TEXT_MAX,
    TIME_LIMIT_MAX,
    TIME_LIMIT_MIN,
    TITLE_MAX,
    Choice,
    ChoiceQuestion,
    NumericQuestion,
    OrderQuestion,
    PollChoice,
    PollQuestion,
    Question,
    Quiz,
    Round,
    TextQuestion,
)

PROBLEMS_MAX: Final = 100
"""Most problems reported for one document; a person fixes a few at a time."""

_ADDRESS: Final = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|[\ud800-\udfff]")


class InvalidQuiz(ValueError):
    """The document cannot be used. `problems` is never empty."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems))


def read_quiz(raw: object) -> Quiz:
    """Turn decoded JSON into a quiz.

    Raises:
        InvalidQuiz: naming every problem found, not only the first.
    """
    if not isinstance(raw, Mapping):
        raise InvalidQuiz([Problem("", "A quiz is an object with a title and rounds.")])
    problems: list[Problem] = []
    rounds: list[Round] = []
    raw_rounds = raw.get("rounds")
    shell = {**raw, "rounds": []} if isinstance(raw_rounds, list | tuple) else dict(raw)
    head = _convert(shell, Quiz, "", "The quiz", problems)
    for number, raw_round in enumerate(raw_rounds if isinstance(raw_rounds, list | tuple) else ()):
        if (round_ := _read_round(raw_round, number, problems)) is not None:
            rounds.append(round_)
        if len(problems) >= PROBLEMS_MAX:
            break
    if head is None or problems:
        raise InvalidQuiz(problems[:PROBLEMS_MAX])
    quiz = Quiz(title=head.title, rounds=tuple(rounds), language=head.language)
    if problems := list(_quiz_problems(quiz)):
        raise InvalidQuiz(problems[:PROBLEMS_MAX])
    return quiz


def read_question(raw: object, where: str = "The question", field: str = "") -> Question:
    """Turn decoded JSON into one question.

    Args:
        where: how messages call the question, e.g. "Round 1, question 3".
        field: dotted path of the question in its document.

    Raises:
        InvalidQuiz: naming every problem found.
    """
    problems: list[Problem] = []
    question: Question | None = _convert(raw, Question, field, where, problems)
    if question is not None:
        problems.extend(_question_problems(question, field, where))
    if question is None or problems:
        raise InvalidQuiz(problems)
    return question


def _read_round(raw: object, number: int, problems: list[Problem]) -> Round | None:
    field, where = f"rounds.{number}", f"Round {number + 1}"
    raw_questions = raw.get("questions") if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or not isinstance(raw_questions, list | tuple):
        _convert(raw, Round, field, where, problems)
        return None
    head = _convert({**raw, "questions": []}, Round, field, where, problems)
    questions: list[Question] = []
    for index, raw_question in enumerate(raw_questions):
        try:
            place = f"{where}, question {index + 1}"
            questions.append(read_question(raw_question, place, f"{field}.questions.{index}"))
        except InvalidQuiz as invalid:
            problems.extend(invalid.problems)
            if len(problems) >= PROBLEMS_MAX:
                return None
    return head and Round(title=head.title, questions=tuple(questions))


def _convert(raw: object, kind: Any, field: str, where: str, problems: list[Problem]) -> Any:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        problems.append(shape_problem(str(error), field, where))
    except UnicodeEncodeError:
        # Half a surrogate pair in the name of a field or in `type`, which JSON can spell but UTF-8 cannot.
        problems.append(Problem(field, f"{where}: it has characters that cannot be shown."))
    return None


def _quiz_problems(quiz: Quiz) -> Iterator[Problem]:
    yield from _text_problems(quiz.title, "title", "The title", TITLE_MAX)
    if not _LANGUAGE.fullmatch(quiz.language):
        yield Problem("language", 'The language should be a tag like "en" or "pt-BR".')
    if not quiz.rounds:
        yield Problem("rounds", "The quiz needs at least one round.")
    if len(quiz.rounds) > ROUNDS_MAX:
        yield Problem("rounds", f"The quiz has {len(quiz.rounds)} rounds; at most {ROUNDS_MAX} fit.")
    for number, round_ in enumerate(quiz.rounds):
        yield from _text_problems(round_.title, f"rounds.{number}.title", f"Round {number + 1}, title", TITLE_MAX)
        if not round_.questions:
            yield Problem(f"rounds.{number}.questions", f"Round {number + 1} needs at least one question.")
    if (total := sum(len(round_.questions) for round_ in quiz.rounds)) > QUESTIONS_MAX:
        yield Problem("rounds", f"The quiz has {total} questions; at most {QUESTIONS_MAX} fit.")


def _question_problems(question: Question, field: str, where: str) -> Iterator[Problem]:
    prefix = field and field + "."
    yield from _text_problems(question.text, f"{prefix}text", f"{where}, text", TEXT_MAX)
    limit = question.time_limit
    if limit is not None and not TIME_LIMIT_MIN <= limit <= TIME_LIMIT_MAX:
        yield Problem(
            f"{prefix}time_limit",
            f"{where}: the time limit should be {TIME_LIMIT_MIN} to {TIME_LIMIT_MAX} seconds, or nothing.",
        )
    if not 0 <= question.points <= POINTS_MAX:
        yield Problem(f"{prefix}points", f"{where}: the points should be 0 to {POINTS_MAX}.")
    if question.explanation is not None:
        yield from _text_problems(
            question.explanation, f"{prefix}explanation", f"{where}, explanation", EXPLANATION_MAX
        )
    if question.image is not None and not _is_https(question.image):
        yield Problem(f"{prefix}image", f"{where}: the image should be an address that begins with https://.")
    match question:
        case ChoiceQuestion():
            yield from _choices_problems(question.choices, prefix, where)
            right = sum(choice.correct for choice in question.choices)
            if right == 0 and question.choices:
                yield Problem(f"{prefix}choices", f"{where}: no choice is marked as correct.")
            if right > 1 and not question.multiple:
                yield Problem(
                    f"{prefix}choices",
                    f"{where}: {right} choices are correct; say multiple: true, or keep one.",
                )
        case PollQuestion():
            yield from _choices_problems(question.choices, prefix, where)
        case OrderQuestion():
            yield from _list_problems(question.items, f"{prefix}items", where, "item", CHOICES_MIN, CHOICES_MAX)
        case TextQuestion():
            yield from _list_problems(question.accepted, f"{prefix}accepted", where, "accepted answer", 1, ACCEPTED_MAX)
        case NumericQuestion():
            yield from _number_problems(question, prefix, where)


def _choices_problems(
    choices: tuple[Choice, ...] | tuple[PollChoice, ...], prefix: str, where: str
) -> Iterator[Problem]:
    texts = tuple(choice.text for choice in choices)
    yield from _list_problems(texts, f"{prefix}choices", where, "choice", CHOICES_MIN, CHOICES_MAX)


def _list_problems(
    texts: tuple[str, ...], field: str, where: str, noun: str, least: int, most: int
) -> Iterator[Problem]:
    if not least <= len(texts) <= most:
        yield Problem(field, f"{where}: {counted(len(texts), noun)}; it should be {least} to {most}.")
        return
    seen: dict[str, int] = {}
    for index, text in enumerate(texts):
        yield from _text_problems(text, f"{field}.{index}", f"{where}, {noun} {index + 1}", TEXT_MAX)
        if (first := seen.setdefault(" ".join(text.split()), index)) != index:
            yield Problem(f"{field}.{index}", f"{where}: {noun} {index + 1} says the same as {noun} {first + 1}.")


def _number_problems(question: NumericQuestion, prefix: str, where: str) -> Iterator[Problem]:
    for name, value in (("answer", question.answer), ("tolerance", question.tolerance)):
        # Written so that it holds for neither nan nor an integer too large for a double.
        if not abs(value) <= NUMBER_MAX:
            yield Problem(f"{prefix}{name}", f"{where}: the {name} should be a number up to {NUMBER_MAX:,.0f}.")
    if question.tolerance < 0:
        yield Problem(f"{prefix}tolerance", f"{where}: the tolerance should not be negative.")


def _text_problems(text: str, field: str, where: str, longest: int) -> Iterator[Problem]:
    if len(text) > longest:
        yield Problem(field, f"{where}: {len(text)} characters; at most {longest} fit.")
    elif _CONTROL.search(text):
        yield Problem(field, f"{where}: it has characters that cannot be shown.")
    elif not any(map(_is_visible, text)):
        yield Problem(field, f"{where}: it is empty.")


def _is_visible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) != "Cf"


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme == "https"
            and bool(parts.hostname)
            and len(address) <= 2000
            and _ADDRESS.fullmatch(address) is not None
        )
    except ValueError:
        return False
