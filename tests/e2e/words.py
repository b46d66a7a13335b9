"""What the pages say in each language, read from their own files."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "quiz" / "web" / "src" / "i18n" / "languages"
_ENTRY = re.compile(r'^ *("[\w.]+"): (".*"),$', re.MULTILINE)


@cache
def words(language: str) -> dict[str, str]:
    """The texts of a language by key; those that depend on a number are left out."""
    file = (_FOLDER / f"{language}.ts").read_text(encoding="utf-8")
    return {json.loads(key): json.loads(text) for key, text in _ENTRY.findall(file)}
