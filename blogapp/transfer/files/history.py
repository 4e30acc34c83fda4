"""History: when the files of a folder were first committed to git."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

SECONDS = 30.0  # the longest that git may take
LATEST = 2**34  # seconds since 1970: what anybody may write into a commit must stay a date

# What a stranger's repository must not make git do: run programs, or fetch what is missing.
_HARMLESS = (
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
    *("-c", "log.showSignature=false"),
)
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",  # of newer versions
    "GIT_ALLOW_PROTOCOL": "none",  # no such protocol; overrides protocol.*.allow of any file
}
_LOG = (
    *("log", "--reverse", "--diff-filter=AR", "--find-renames", "--name-status", "-z"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--format=%x01%at %P"),
)


def first_commits(folder: Path) -> dict[str, datetime]:
    """Say for the files below *folder*, relative to it, when each was first added; aware, UTC.

    A file that was renamed keeps its day. Empty outside of a git work tree, without git, and
    if it takes too long.
    """
    about = _git(folder, "rev-parse", "--is-shallow-repository", "--show-prefix")
    log = _git(folder, *_LOG) if about is not None else None
    if about is None or log is None:
        return {}
    shallow, _, rest = about.partition("\n")
    added = _added(log, is_shallow=shallow == "true")
    prefix = rest.removesuffix("\n")
    return {
        path.removeprefix(prefix): datetime.fromtimestamp(seconds, UTC)
        for path, seconds in added.items()
        if path.startswith(prefix)
    }


def _git(folder: Path, *arguments: str) -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and only git's own words
            [git, "--no-pager", *_HARMLESS, *arguments],
            cwd=folder,
            env=environment | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return os.fsdecode(done.stdout)


def _added(log: str, *, is_shallow: bool) -> dict[str, int]:
    """Follow the files through the log, the oldest commit first.

    Where a history was cut off, its first commits seem to add all there is: they say nothing.
    """
    found: dict[str, int] = {}
    seconds: int | None = None
    parts = iter(log.split("\0"))
    for part in parts:
        word = part.strip("\n")
        if word.startswith("\x01"):
            written, _, parents = word[1:].partition(" ")
            known = written.isdecimal() and int(written) < LATEST
            seconds = int(written) if known and not (is_shallow and not parents) else None
        elif word == "A":
            path = next(parts, "")
            if seconds is not None:
                found.setdefault(path, seconds)
        elif word.startswith("R"):
            old, new = next(parts, ""), next(parts, "")
            moved = found.pop(old, seconds)
            if moved is not None:
                found[new] = moved
    return found
