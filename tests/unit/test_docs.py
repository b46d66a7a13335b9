"""What the documents say is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quiz.game.welcome import demo_quiz
from scripts.draw_session import PAGE, page

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def test_the_drawing_of_the_states_is_the_table_that_decides() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_named_in_code_marks_exists(document: Path) -> None:
    named = re.findall(r"`((?:quiz|docs|tests|scripts|alembic)/[\w./-]*\.\w+)", document.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_first_quiz_has_all_five_types() -> None:
    assert {question.kind for question in demo_quiz().questions} == {"choice", "numeric", "text", "order", "poll"}
