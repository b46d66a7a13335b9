"""A Redis for each test, of each version that differs in what it can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.redis import Redis, ci, programs, redis

SHARDED = 7
"""The first major version with sharded pub/sub."""


def find(*, sharded: bool) -> Path:
    """A server that has or has not got sharded pub/sub."""
    for (major, _), program in programs().items():
        if (major >= SHARDED) == sharded:
            return program
    wanted = "redis-server 7 or later on the PATH" if sharded else "redis-server 6, which the extra `cluster` brings"
    if ci():
        pytest.fail(f"There should be a {wanted}.")
    pytest.skip(f"There is no {wanted}.")


def is_sharded(program: Path) -> bool:
    """Whether a server has sharded pub/sub."""
    return any(major >= SHARDED for (major, _), other in programs().items() if other == program)


@pytest.fixture(params=["redis 6", "redis 7"])
def program(request: pytest.FixtureRequest) -> Path:
    return find(sharded=request.param == "redis 7")


@pytest.fixture
def server(program: Path) -> Iterator[Redis]:
    """An empty server."""
    with redis(program=program) as server:
        yield server


@pytest.fixture(scope="session")
def sharded_program() -> Path:
    return find(sharded=True)
