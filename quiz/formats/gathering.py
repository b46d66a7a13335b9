"""From the entries of a file to a quiz: each is judged by the rules of the quiz document, what fails is reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from quiz.domain.quiz import QUESTIONS_MAX, ROUNDS_MAX, Question, Quiz, Round
from quiz.domain.validation import InvalidQuiz, read_question, read_quiz
from quiz.formats.entries import ENTRIES_MAX, Entry, Imported, NotThisFormat, Parsed, RoundPlace, Skipped
from quiz.formats.repeats import Taken, without_repeats
from quiz.formats.report import Report

TITLE_UNKNOWN: Final = "Imported quiz"
LANGUAGE_UNKNOWN: Final = "en"
_ONLY_ROUND: Final = RoundPlace(0, None)
_QUESTION: Final = {"type": "text", "text": "?", "accepted": ["!"]}


def gather(parsed: Parsed, title: str | None, *, drop_repeats: bool) -> Imported:
    """Judge every entry and make the quiz of those that pass.

    Args:
        parsed: the file taken apart.
        title: what to call the quiz; None for the file's own title.
        drop_repeats: whether a question that stood earlier in the file is skipped.

    Raises:
        NotThisFormat: no entry passed.
        InvalidQuiz: `title` is given and breaks the rules for titles.
    """
    report = Report()
    taken = list(_judged(parsed.entries, report))
    if drop_repeats:
        taken = without_repeats(taken, report)
    rounds = _rounds(taken, report)
    if not rounds:
        raise NotThisFormat(report.why_nothing())
    if title is None:
        title = _passable("title", parsed.title, TITLE_UNKNOWN, 1, report)
    language = _passable("language", parsed.language, LANGUAGE_UNKNOWN, 1, report)
    quiz = read_quiz(msgspec.to_builtins(Quiz(title=title, rounds=rounds, language=language)))
    return Imported(quiz, len(quiz.questions), report.skipped())


def _judged(entries: Iterable[Entry | Skipped], report: Report) -> Iterator[Taken]:
    for count, entry in enumerate(entries):
        if count == ENTRIES_MAX:
            report.end(entry.line, f"The file has more than {ENTRIES_MAX} entries; from here on it is not read.")
            return
        if isinstance(entry, Skipped):
            report.skip(entry.line, entry.reason)
            continue
        try:
            question = read_question(entry.question)
        except InvalidQuiz as invalid:
            report.skip(entry.line, " ".join(problem.message for problem in invalid.problems[:3]))
        else:
            yield Taken(entry.line, question, entry.round or _ONLY_ROUND)


def _rounds(taken: list[Taken], report: Report) -> tuple[Round, ...]:
    """Group neighbours of the same place into rounds, as many as a quiz holds."""
    rounds: list[tuple[str, list[Question]]] = []
    place: RoundPlace | None = None
    for item in taken[:QUESTIONS_MAX]:
        if item.round != place:
            if len(rounds) == ROUNDS_MAX:
                report.skip(item.line, f"The quiz has {ROUNDS_MAX} rounds already; no more fit.")
                continue
            place = item.round
            otherwise = f"Round {len(rounds) + 1}"
            rounds.append((_passable("round", place.title, otherwise, item.line, report), []))
        rounds[-1][1].append(item.question)
    for item in taken[QUESTIONS_MAX:]:
        report.skip(item.line, f"The quiz is full: at most {QUESTIONS_MAX} questions fit.")
    return tuple(Round(title, tuple(questions)) for title, questions in rounds)


def _passable(
    field: Literal["title", "language", "round"], text: str | None, otherwise: str, line: int, report: Report
) -> str:
    """What the file itself says, if it meets the rules; if not, `otherwise`, and the report says so."""
    if text is None:
        return otherwise
    round_ = {"title": text if field == "round" else otherwise, "questions": [_QUESTION]}
    names = {"title": TITLE_UNKNOWN, "language": LANGUAGE_UNKNOWN} | ({} if field == "round" else {field: text})
    try:
        read_quiz({**names, "rounds": [round_]})
    except InvalidQuiz:
        words = f"The {field} that the file names is empty, too long or of a wrong form"
        report.skip(line, f'{words}; "{otherwise}" is used instead.')
        return otherwise
    return text
