"""The files that operators start from agree with each other."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "deploy/compose/env.example").read_text(encoding="utf-8")
MAKE_SECRETS = ROOT / "deploy/compose/make-secrets"


def test_the_example_names_every_variable_with_the_value_it_has_without_it() -> None:
    used = dict(re.findall(r"\${(\w+):-([^}]*)}", COMPOSE))
    shown = dict(re.findall(r"^#(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert shown.keys() == used.keys()
    assert {name for name in used if shown[name] != used[name]} == {"QUIZ_PUBLIC_URL"}


def test_images_have_the_same_defaults_for_the_builder_and_for_compose() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^ARG PYTHON_IMAGE=(.*)$", dockerfile, re.MULTILINE) == re.findall(
        r"\${PYTHON_IMAGE:-([^}]*)}", COMPOSE
    )


def test_every_secret_that_compose_takes_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(folder)
    taken = re.findall(r"^  (\w+): {file: ", COMPOSE, re.MULTILINE)
    assert {path.name for path in folder.iterdir()} == set(taken)
    assert all(re.fullmatch(r"[0-9a-f]{64}", path.read_text()) for path in folder.iterdir())
    assert len({path.read_text() for path in folder.iterdir()}) == len(taken)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_secrets_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("mine")
    make_secrets(tmp_path)
    assert (tmp_path / "secret_key").read_text() == "mine"


def make_secrets(folder: Path) -> None:
    subprocess.run([MAKE_SECRETS, folder], check=True, capture_output=True)
