"""Static files: addresses that change with what is in them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import current_app, url_for


def url(name: str) -> str:
    """The address of the file *name* in ``static/``, as it is now."""
    return url_for("static", filename=name, v=_digest(name))


def is_current(version: str | None, name: str | None) -> bool:
    """Whether this is the version that ``url`` gives the file now."""
    if not version or not name:
        return False
    try:
        return version == _digest(name)
    except OSError:
        return False


def _digest(name: str) -> str:
    path = Path(current_app.static_folder or "") / name
    return _digest_of(path, path.stat().st_mtime_ns)


@cache
def _digest_of(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
