"""One question of GIFT: `::title:: text { answers } rest of the text`."""

from __future__ import annotations

from typing import Final

from quiz.formats.entries import Refused
from quiz.formats.gift_answers import Answer, choice_question, read_answers, text_question
from quiz.formats.gift_numeric import numeric_question, read_numeric
from quiz.formats.gift_text import hide_escapes, shown, split_format

LENGTH_MAX: Final = 50_000
"""Most characters of one question, markup and all."""
_GAP: Final = "_____"
_TRUE_FALSE: Final = {"t": True, "true": True, "f": False, "false": False}


def read_question_text(source: str) -> dict[str, object]:
    """The question, shaped like one of the quiz document.

    Raises:
        Refused: it is broken, or of a kind that a live quiz does not have.
    """
    if len(source) > LENGTH_MAX:
        raise Refused(f"The text up to the next blank line is too long: {len(source)} characters.")
    text = _without_title(hide_escapes(source).strip())
    if "{" not in text and "}" not in text:
        raise Refused("This is a description: it has no answers in { and }.")
    if text.count("{") > 1 or text.count("}") > 1:
        raise Refused("There is more than one { or }; a blank line parts questions, \\{ and \\} stand for themselves.")
    before, opened, inside = text.partition("{")
    inside, closed, after = inside.partition("}")
    if not opened or not closed:
        raise Refused("The answers lack their { or }; no blank line may stand between the two.")
    format_, before = split_format(before)
    asked = f"{before}{_GAP}{after}" if after.strip() else before
    inside, _, remark = inside.partition("####")
    question, feedback = _read_inside(inside, format_)
    explanation = shown(remark if remark.strip() else feedback, format_, lines=True)
    return {
        **question,
        "text": shown(asked, format_, lines=True),
        **({"explanation": explanation} if explanation else {}),
    }


def _without_title(text: str) -> str:
    """Titles sort a question bank; players never see them."""
    if not text.startswith("::"):
        return text
    _, end, rest = text[2:].partition("::")
    if not end:
        raise Refused("The title does not end: it stands between two ::.")
    return rest.strip()


def _read_inside(inside: str, format_: str) -> tuple[dict[str, object], str]:
    """The part of the question that depends on its type, and the feedback to its right answers."""
    head, _, feedback = inside.partition("#")
    if not inside.strip():
        raise Refused("This is an essay question: nobody could check its answers while playing.")
    if not head.strip():
        answers = read_numeric(feedback)
        return numeric_question(answers), _feedback(answers)
    if (right := _TRUE_FALSE.get(head.strip().lower())) is not None:
        choices = [{"text": "True", "correct": right}, {"text": "False", "correct": not right}]
        # The first remark is for those who were wrong, the second for those who were right.
        return {"type": "choice", "choices": choices}, feedback.partition("#")[2]
    answers = read_answers(inside)
    if any(answer.mark == "~" for answer in answers):
        return choice_question(answers, format_), _feedback(answers)
    if any("->" in answer.source for answer in answers):
        raise Refused("This is a matching question, which a live quiz does not have.")
    return text_question(answers, format_), _feedback(answers)


def _feedback(answers: list[Answer]) -> str:
    remarks = dict.fromkeys(answer.feedback for answer in answers if answer.weight > 0 and answer.feedback)
    return "\n".join(remarks)
