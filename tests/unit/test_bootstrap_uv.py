"""The script that brings uv along, against a package index on this machine."""

import hashlib
import io
import json
import platform
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts import bootstrap_uv

WANTED = ">=0.13,<0.14"


def wheel_of(version: str) -> bytes:
    """A wheel with a program that answers as uv does."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"uv-{version}.data/scripts/uv", f"#!/bin/sh\necho uv {version}\n")
    return content.getvalue()


class Index:
    """A package index with a page on uv."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.files: list[dict[str, object]] = []

    def add(self, version: str, *, machine: str | None = None, yanked: bool = False, sha256: str | None = None) -> None:
        """Offer a wheel; by default for this machine, and as it says it is."""
        family = "manylinux_2_17" if platform.libc_ver()[0] == "glibc" else "musllinux_1_1"
        family = "macosx_11_0" if sys.platform == "darwin" else family
        name = f"uv-{version}-py3-none-{family}_{machine or platform.machine()}.whl"
        self.bodies[f"/files/{name}"] = wheel_of(version)
        digest = sha256 or hashlib.sha256(self.bodies[f"/files/{name}"]).hexdigest()
        self.files.append({"filename": name, "url": f"/files/{name}", "hashes": {"sha256": digest}, "yanked": yanked})
        self.bodies["/simple/uv/"] = json.dumps({"name": "uv", "files": self.files}).encode()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Index]:
    """An index that answers over HTTP and is the one this machine uses; programs go below `tmp_path`."""
    offered = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = offered.bodies.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"mirror=http://127.0.0.1:{server.server_port}/simple/")
        monkeypatch.setattr(bootstrap_uv, "TOOLS_UV", tmp_path / "bin" / "uv")
        yield offered
        server.shutdown()
        thread.join()


def installed_version(uv: Path) -> str:
    return subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def test_the_newest_version_of_the_range_is_installed(index: Index, tmp_path: Path) -> None:
    for version in ("0.12.9", "0.13.2", "0.13.10", "0.14.0"):
        index.add(version)
    bootstrap_uv.install_from_index(WANTED)
    assert installed_version(tmp_path / "bin" / "uv") == "uv 0.13.10"


def test_yanked_releases_previews_and_other_machines_wheels_are_passed_over(index: Index, tmp_path: Path) -> None:
    index.add("0.13.1")
    index.add("0.13.2", yanked=True)
    index.add("0.13.3", machine="vax")
    index.add("0.13.4rc1")
    bootstrap_uv.install_from_index(WANTED)
    assert installed_version(tmp_path / "bin" / "uv") == "uv 0.13.1"


def test_a_wheel_that_is_not_what_the_index_says_is_not_installed(index: Index, tmp_path: Path) -> None:
    index.add("0.13.1", sha256="0" * 64)
    with pytest.raises(bootstrap_uv.NoUvError, match="sha256 differs"):
        bootstrap_uv.install_from_index(WANTED)
    assert not (tmp_path / "bin").exists()


def test_an_index_without_a_wanted_version_is_named(index: Index) -> None:
    index.add("0.12.0")
    with pytest.raises(bootstrap_uv.NoUvError, match=r"/simple/uv/ has no wheel of uv>=0\.13,<0\.14"):
        bootstrap_uv.install_from_index(WANTED)


def test_an_index_that_speaks_only_html_is_named(index: Index) -> None:
    index.bodies["/simple/uv/"] = b"<!DOCTYPE html><a href=uv.whl>uv</a>"
    with pytest.raises(bootstrap_uv.NoUvError, match="does not speak the JSON form"):
        bootstrap_uv.install_from_index(WANTED)


def test_an_index_that_does_not_answer_is_named(index: Index) -> None:
    index.bodies.clear()
    with pytest.raises(bootstrap_uv.NoUvError, match="cannot be read: HTTP Error 404"):
        bootstrap_uv.install_from_index(WANTED)


@pytest.mark.parametrize(
    ("version", "fits"),
    [("0.12.99", False), ("0.13", True), ("0.13.0", True), ("0.13.10", True), ("0.14", False), ("0.13.0rc1", False)],
)
def test_a_range_holds_the_releases_between_its_bounds(version: str, fits: bool) -> None:
    assert bootstrap_uv.in_range(bootstrap_uv.parse_version(version), WANTED) is fits


def test_the_range_wanted_is_one_that_can_be_read() -> None:
    assert bootstrap_uv.in_range(bootstrap_uv.parse_version("0.13.9"), bootstrap_uv.wanted_versions())


@pytest.fixture
def no_index_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home of its own, without any setting of an index; returns where its pip keeps settings."""
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    return tmp_path / ".config" / "pip" / "pip.conf"


def test_the_index_of_pips_settings_is_used(no_index_in_the_environment: Path) -> None:
    no_index_in_the_environment.write_text("[global]\nindex-url = http://mirror.example/simple\n")
    assert bootstrap_uv.index_url() == "http://mirror.example/simple"


def test_the_index_of_the_environment_goes_before_that_of_pips_settings(
    no_index_in_the_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_index_in_the_environment.write_text("[global]\nindex-url = http://mirror.example/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", "http://other.example/simple?a=b")
    assert bootstrap_uv.index_url() == "http://other.example/simple?a=b"


def test_a_program_that_does_not_run_is_not_fit(tmp_path: Path) -> None:
    (tmp_path / "uv").write_text("not a program")
    assert not bootstrap_uv.is_fit(tmp_path / "uv", WANTED)
    assert not bootstrap_uv.is_fit(tmp_path / "missing", WANTED)
