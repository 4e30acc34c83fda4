"""Static files: joined for pages that need them together, at addresses that never change."""

from __future__ import annotations

import hashlib
import posixpath
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from . import pagecache

# A reader's first view takes few requests: what all pages load is one file of each kind.
BUNDLES = {
    "reader.css": ("css/site.css", "css/prose.css", "css/code.css"),
    "reader.js": (
        *("vendor/htmx.min.js", "js/live.js", "js/copy.js", "js/more.js", "js/history.js"),
        *("js/head.js", "js/search.js", "js/slash.js", "js/sending.js", "js/kept-words.js"),
    ),
    "editor.js": (
        *("js/editor.js", "js/draft-copy.js", "js/autosave.js", "js/jump.js", "js/text.js"),
        *("js/lists.js", "js/indent.js", "js/marks.js", "js/describe.js", "js/upload.js"),
        *("js/hold.js", "js/library.js", "js/keys.js", "js/follow.js", "js/panes.js"),
        "js/length.js",
    ),
}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
IMMUTABLE = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Serve bundles and files at addresses that hold what is in them."""
    app.jinja_env.globals["static"] = url
    app.add_url_rule("/static/-/<version>/<path:name>", "asset", asset)


def url(name: str) -> str:
    """The address of the bundle or file *name*, as it is now."""
    return url_for("asset", version=_version(name), name=name)


def asset(version: str, name: str) -> ResponseReturnValue:
    """A bundle or file; an address of old gets what is there now, to be asked for again."""
    try:
        content = _content(tuple(_paths(name)))
    except OSError as error:
        raise NotFound from error
    response = Response(content, mimetype=TYPES[Path(name).suffix])
    if version == _named(content):
        pagecache.mark(any_query=True, for_ever=True)
        response.headers["Cache-Control"] = IMMUTABLE
    return response


def _paths(name: str) -> list[Path]:
    """Find the files of a bundle, or one; none outside the folder, nor of a type not of ours."""
    folder = current_app.static_folder or ""
    parts = [safe_join(folder, part) for part in BUNDLES.get(name, (name,))]
    known = Path(name).suffix in TYPES and name == posixpath.normpath(name)  # one spelling
    if not known or None in parts:
        raise NotFound
    return [Path(part) for part in parts if part]


def _version(name: str) -> str:
    paths = tuple(_paths(name))
    return _digest(paths, tuple(path.stat().st_mtime_ns for path in paths))


@cache
def _digest(paths: tuple[Path, ...], _changed: tuple[int, ...]) -> str:
    return _named(_content(paths))


def _content(paths: tuple[Path, ...]) -> bytes:
    return b"\n".join(path.read_bytes() for path in paths)


def _named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
