"""A migrated SQLite file for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from quiz.storage.migrate import migrate


@pytest.fixture
async def url(tmp_path: Path) -> str:
    """An empty database with all tables."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'quiz.db'}"
    await migrate(url)
    return url
