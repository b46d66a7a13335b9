"""Print the path of a uv fit for this project, after getting one if the machine has none.

This runs before anything is installed, so it needs nothing but Python's standard library. Tried in this order:

1. `uv` on the PATH;
2. `.tools/bin/uv`, left by an earlier run;
3. pip in a virtual environment of its own, because pip knows the machine's mirrors, proxies and certificates;
4. the uv wheel itself, for a Python without venv or pip such as Debian's: fetched from the package index, compared with
   the sha256 that the index gives, and unpacked.

The path goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import configparser
import hashlib
import importlib.util
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
TOOLS_UV = TOOLS / "bin" / "uv"
DEFAULT_INDEX = "https://pypi.org/simple"
INDEX_JSON = "application/vnd.pypi.simple.v1+json"
FETCH_TIMEOUT_SECONDS = 60


class NoUvError(Exception):
    """One way to a uv is closed; the text tells a person why."""


def wanted_versions(root: Path = ROOT) -> str:
    """The range of `required-version` in pyproject.toml, such as `>=1.2,<1.3`."""
    import tomllib  # Python 3.11 brought it: an older one has been told off by now

    with (root / "pyproject.toml").open("rb") as file:
        wanted: str = tomllib.load(file)["tool"]["uv"]["required-version"]
    return wanted


def parse_version(text: str) -> tuple[int, ...]:
    """`0.13.9` as (0, 13, 9); an empty tuple, which is in no range, for anything but a plain release."""
    return tuple(map(int, text.split("."))) if re.fullmatch(r"\d+(\.\d+)*", text) else ()


def in_range(version: tuple[int, ...], wanted: str) -> bool:
    """Whether `version` meets every `>=` and `<` clause of `wanted`."""
    for clause in wanted.split(","):
        sign, bound = re.fullmatch(r"\s*(>=|<)\s*([\d.]+)\s*", clause).groups()  # type: ignore[union-attr]
        if (version >= parse_version(bound)) != (sign == ">="):
            return False
    return bool(version)


def is_fit(uv: str | Path, wanted: str) -> bool:
    """Whether `uv` runs and is of a wanted version."""
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return in_range(parse_version(answer.split()[1]), wanted)


def install_with_pip(wanted: str) -> None:
    """Make `.tools` a virtual environment and let its pip install uv there."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise NoUvError("this Python has no venv with pip")
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(TOOLS)],
        [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--retries", "1", f"uv{wanted}"],
    )
    for step in steps:
        done = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(TOOLS, ignore_errors=True)
            last_line = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
            raise NoUvError(f"`{' '.join(step[1:4])}` failed: {last_line}")


def index_url() -> str:
    """The package index this machine is told to use: by uv's variables, by pip's, or by pip's configuration files."""
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if value := os.environ.get(variable):
            return value.rpartition("=")[2] if re.match(r"[\w-]+=", value) else value  # uv also takes `name=url`
    settings = configparser.RawConfigParser(strict=False)
    config_home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    settings.read(
        [
            "/etc/pip.conf",
            Path.home() / ".pip" / "pip.conf",
            config_home / "pip" / "pip.conf",
            os.environ.get("PIP_CONFIG_FILE") or os.devnull,
        ]
    )
    return settings.get("global", "index-url", fallback=DEFAULT_INDEX)


def fetch(url: str, accept: str = "*/*") -> bytes:
    """The body of `url`, through the proxies of the environment."""
    try:
        with urlopen(Request(url, headers={"Accept": accept}), timeout=FETCH_TIMEOUT_SECONDS) as response:  # noqa: S310
            body: bytes = response.read()
    except (OSError, ValueError, URLError) as error:
        raise NoUvError(f"{url} cannot be read: {error}") from error
    return body


def fits_machine(wheel: str) -> bool:
    """Whether a wheel of this file name runs here."""
    machine = platform.machine()
    if sys.platform == "darwin":
        family = "macosx"
    else:
        family = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    tags = wheel.removesuffix(".whl").rpartition("-")[2]
    return tags.startswith(family) and tags.endswith(f"_{machine}")


def install_from_index(wanted: str) -> None:
    """Fetch the newest wanted uv wheel and unpack the program to `.tools/bin/uv`."""
    page = index_url().rstrip("/") + "/uv/"
    try:
        files = json.loads(fetch(page, INDEX_JSON))["files"]
    except (ValueError, KeyError) as error:
        raise NoUvError(f"{page} does not speak the JSON form of the simple API") from error
    found = [
        (version, file)
        for file in files
        if file["filename"].endswith(".whl")
        and in_range(version := parse_version(file["filename"].split("-")[1]), wanted)
        and fits_machine(file["filename"])
        and not file.get("yanked")
    ]
    if not found:
        raise NoUvError(f"{page} has no wheel of uv{wanted} for this machine")
    file = max(found, key=lambda pair: pair[0])[1]
    wheel = fetch(urljoin(page, file["url"]))
    if hashlib.sha256(wheel).hexdigest() != file["hashes"].get("sha256"):
        raise NoUvError(f"{file['filename']} is not what the index says: its sha256 differs")
    TOOLS_UV.parent.mkdir(parents=True, exist_ok=True)
    unfinished = TOOLS_UV.with_name(f"uv.{os.getpid()}")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        program = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        unfinished.write_bytes(archive.read(program))
    unfinished.chmod(0o755)
    unfinished.replace(TOOLS_UV)


def find_or_install(wanted: str) -> str:
    """The path of a fit uv.

    Raises:
        NoUvError: every way failed; the text has a line on each.
    """
    on_path = shutil.which("uv")
    for uv in (on_path, str(TOOLS_UV)):
        if uv and is_fit(uv, wanted):
            return uv
    reasons = []
    for install in (install_with_pip, install_from_index):
        try:
            install(wanted)
        except NoUvError as error:
            reasons.append(f"  {install.__name__.replace('_', ' ')}: {error}")
            continue
        if is_fit(TOOLS_UV, wanted):
            return str(TOOLS_UV)
        reasons.append(f"  {install.__name__.replace('_', ' ')}: the uv that came does not run")
    raise NoUvError("\n".join([f"There is no uv{wanted} on the PATH and none could be installed:", *reasons]))


def main() -> int:
    """Print the path of uv; 0 if there is one."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs on whatever python3 is
        print(f"Python 3.11 or newer is needed, {sys.executable} is older: make PYTHON=…", file=sys.stderr)
        return 1
    try:
        print(find_or_install(wanted_versions()))
    except NoUvError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
