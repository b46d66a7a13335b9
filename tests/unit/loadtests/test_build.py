"""C programs of the load tests are compiled once."""

import shutil
from pathlib import Path

import pytest

from loadtests.swarm.build import NoCompiler, build, build_swarm

compiled = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "program.c"
    path.write_text("int main(void) { return 0; }\n")
    return path


@compiled
def test_an_unchanged_source_is_not_compiled_again(source: Path, tmp_path: Path) -> None:
    first = build("program", [source], cache=tmp_path)
    made = first.stat().st_mtime_ns
    assert build("program", [source], cache=tmp_path) == first
    assert first.stat().st_mtime_ns == made


@compiled
def test_a_changed_header_makes_a_new_program(source: Path, tmp_path: Path) -> None:
    first = build("program", [source], cache=tmp_path)
    (tmp_path / "beside.h").write_text("#define ANYTHING 1\n")
    assert build("program", [source], cache=tmp_path) != first


@compiled
def test_the_next_variant_is_tried_when_one_does_not_compile(source: Path, tmp_path: Path) -> None:
    program = build("program", [source], (("-l-no-such-library-",), ()), tmp_path)
    assert program.exists()


@compiled
def test_a_source_that_does_not_compile_is_told_with_the_compilers_words(source: Path, tmp_path: Path) -> None:
    source.write_text("int main(void) { return nothing_of_that_name; }\n")
    with pytest.raises(NoCompiler, match="nothing_of_that_name"):
        build("program", [source], cache=tmp_path)
    assert not list(tmp_path.glob("program-*"))


def test_a_machine_without_a_compiler_is_told_what_to_install(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(NoCompiler, match="install gcc"):
        build("program", [source], cache=tmp_path)


@compiled
def test_the_swarm_compiles_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadtests.swarm.build.FLAGS", ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"))
    assert build_swarm(tmp_path).exists()
