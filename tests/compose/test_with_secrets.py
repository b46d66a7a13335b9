"""The `quiz` command of the image finds secrets in files."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "deploy/compose/with_secrets.py"


def loaded() -> ModuleType:
    spec = spec_from_file_location("with_secrets", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


command = loaded()


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    (tmp_path / "secret_key").write_text("key of all nodes\n")
    (tmp_path / "postgres_password").write_text("p@ss/word:é\n")
    (tmp_path / "empty").write_text("\n")
    return tmp_path


def test_a_setting_that_names_a_file_becomes_what_the_file_holds(secrets: Path) -> None:
    given = {"QUIZ_SECRET_KEY_FILE": str(secrets / "secret_key"), "QUIZ_LOG_LEVEL": "info"}
    assert command.with_secrets(given, secrets) == {"QUIZ_SECRET_KEY": "key of all nodes", "QUIZ_LOG_LEVEL": "info"}


def test_a_secret_in_an_address_is_escaped(secrets: Path) -> None:
    given = {"DATABASE_URL": "postgresql+asyncpg://quiz:{postgres_password}@db/quiz"}
    filled = command.with_secrets(given, secrets)
    assert filled == {"DATABASE_URL": "postgresql+asyncpg://quiz:p%40ss%2Fword%3A%C3%A9@db/quiz"}


def test_braces_mean_nothing_elsewhere(secrets: Path) -> None:
    given = {"QUIZ_PUBLIC_URL": "https://{postgres_password}.example", "REDIS_URL": "redis://redis/0"}
    assert command.with_secrets(given, secrets) == given


def test_a_value_given_twice_is_refused(secrets: Path) -> None:
    given = {"QUIZ_SECRET_KEY": "one", "QUIZ_SECRET_KEY_FILE": str(secrets / "secret_key")}
    with pytest.raises(ValueError, match=r"^QUIZ_SECRET_KEY and QUIZ_SECRET_KEY_FILE are both set\.$"):
        command.with_secrets(given, secrets)


def test_an_empty_secret_is_refused(secrets: Path) -> None:
    with pytest.raises(ValueError, match=r"empty is empty\.$"):
        command.with_secrets({"REDIS_URL": "redis://:{empty}@redis/0"}, secrets)


def test_a_missing_secret_ends_the_command_with_its_name() -> None:
    environ = {**os.environ, "REDIS_URL": "redis://:{no_such_secret}@redis/0"}
    done = subprocess.run([sys.executable, PROGRAM], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "/run/secrets/no_such_secret" in done.stderr
    assert "Traceback" not in done.stderr
