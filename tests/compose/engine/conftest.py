"""The compose file on a Docker engine. That takes minutes, so these tests run only if asked for by their path."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.compose.engine.docker import Docker
from tests.compose.engine.dockerd import NoEngine, engine
from tests.compose.engine.stack import Stack
from tests.compose.engine.stand_ins import NoStandIns, stand_ins

HERE = Path(__file__).parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    asked = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(path.is_relative_to(HERE) for path in asked) else True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside what failed, show what the containers had to say."""
    report = yield
    stack = item.funcargs.get("built")
    if report.failed and isinstance(stack, Stack):
        report.sections.append(("what the containers wrote", stack.logs()))
    return report


@pytest.fixture(scope="session")
def docker() -> Iterator[Docker]:
    """An engine. Where there can be none these tests are skipped, also in a pipeline: it is not the project's fault."""
    try:
        with engine() as address:
            yield Docker(address)
    except NoEngine as no:
        pytest.skip(f"The compose file was not tried: {no}.")


@pytest.fixture(scope="session")
def built(docker: Docker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The images, built from the working tree; nothing runs yet, and nothing is left in the end."""
    try:
        images = stand_ins(docker)
    except NoStandIns as no:
        pytest.skip(f"The compose file was not tried: {no}.")
    stack = Stack(docker, images, tmp_path_factory.mktemp("stack"))
    stack.down("--volumes")
    stack.compose("build", "--quiet")
    try:
        yield stack
    finally:
        stack.down("--volumes")


@pytest.fixture(scope="session")
def stack(built: Stack) -> Stack:
    """Everything is up; how many nodes there are is up to the tests."""
    built.scale(2)
    return built
