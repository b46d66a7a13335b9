"""The editor tells what is wrong by rules of its own; both sides are held to the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from quiz.domain.validation import InvalidQuiz, read_quiz

# The pages' own rules are held to them by problems.test.ts beside it.
FILE: Final = Path(__file__).parents[3] / "quiz/web/src/host/editor/problem-cases.json"
CASES: Final[list[dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))


def problem_fields(document: object) -> list[str]:
    try:
        read_quiz(document)
    except InvalidQuiz as invalid:
        return [problem.field for problem in invalid.problems]
    return []


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["says"]))
def test_a_quiz_with_it_has_its_problem_where_the_editor_shows_it(case: dict[str, Any]) -> None:
    field, document = case["field"], case.get("quiz")
    if document is None:
        document = {"title": "A quiz", "rounds": [{"title": "Round 1", "questions": [case["question"]]}]}
        field = field and f"rounds.0.questions.0.{field}"
    assert problem_fields(document) == ([] if field is None else [field])
