"""C programs of the load tests, compiled when they are first wanted.

They are kept under `build/loadtests/`, named after the hash of their sources, so a changed source makes a new program
and an unchanged one starts at once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "loadtests"
SOURCES = Path(__file__).resolve().parent / "src"
FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra")
# Tried in this order: inflating what a server compresses wants zlib and its header.
WITH_ZLIB = ("-lz",)
WITHOUT_ZLIB = ("-DWITHOUT_ZLIB",)


class NoCompiler(Exception):
    """There is no C compiler on this machine, or it refuses the source; the message tells which and what to do."""


def compiler() -> str:
    """Path of the C compiler: `$CC`, `cc`, `gcc` or `clang`.

    Raises:
        NoCompiler: none of them is there.
    """
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        if name and (found := shutil.which(name)):
            return found
    raise NoCompiler("this needs a C compiler: install gcc or clang (Debian: apt install gcc), or name one in $CC")


def build(name: str, sources: list[Path], variants: tuple[tuple[str, ...], ...] = ((),), cache: Path = CACHE) -> Path:
    """Give the program made from `sources` (headers beside them count too), compiling it if need be.

    Args:
        name: first part of the program's file name.
        sources: the C files.
        variants: more flags, tried one after the other until one compiles.
        cache: where programs are kept.

    Raises:
        NoCompiler: no compiler, or none of the variants compiles.
    """
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sorted({header for source in sources for header in source.parent.glob("*.h")} | set(sources)):
        digest.update(path.name.encode() + path.read_bytes())
    program = cache / f"{name}-{digest.hexdigest()[:16]}"
    if program.exists():
        return program
    found, said = compiler(), ""
    cache.mkdir(parents=True, exist_ok=True)
    for variant in variants:
        # Of its own name first: two that build at once must not run half a program.
        fresh = program.with_suffix(f".{os.getpid()}")
        command = [found, *FLAGS, *map(str, sources), "-o", str(fresh), *variant]
        result = subprocess.run(command, check=False, capture_output=True, text=True)
        if result.returncode == 0:
            fresh.replace(program)
            return program
        said = result.stderr
    raise NoCompiler(f"{found} does not compile {name}:\n{said}")


def build_swarm(cache: Path = CACHE) -> Path:
    """Give the swarm, with zlib where that is there."""
    return build("swarm", sorted(SOURCES.glob("*.c")), (WITH_ZLIB, WITHOUT_ZLIB), cache)


if __name__ == "__main__":
    try:
        print(build_swarm())
    except NoCompiler as reason:
        sys.exit(str(reason))
