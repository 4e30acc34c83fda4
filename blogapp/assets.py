"""Static files: joined for pages that need them together, at addresses that never change."""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from . import pagecache

# A reader's first view takes few requests: what all pages load is one file of each kind.
BUNDLES = {
    "reader.css": ("css/site.css", "css/prose.css", "css/code.css"),
    "reader.js": (
        *("js/theme.js", "vendor/htmx.min.js", "js/live.js", "js/copy.js", "js/more.js"),
        *("js/history.js", "js/head.js", "js/search.js", "js/slash.js", "js/sending.js"),
        "js/kept-words.js",
    ),
    "editor.js": (
        *("js/editor.js", "js/draft-copy.js", "js/autosave.js", "js/jump.js", "js/text.js"),
        *("js/lists.js", "js/indent.js", "js/marks.js", "js/describe.js", "js/upload.js"),
        *("js/hold.js", "js/library.js", "js/keys.js", "js/follow.js", "js/panes.js"),
        "js/length.js",
    ),
}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PREFIX = "/static/-/"
IMMUTABLE = "public, max-age=31536000, immutable"

# Texts stay as they are; what is a comment or an indentation goes.
_CSS = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\s*/\*.*?\*/|(?<=\n)\s+""", re.S)
# A script that fails takes none of the others with it, and is told of as if it stood alone.
_SCRIPT = "try{\n%s\n}catch(error){reportError(error)}"


def init_app(app: Flask) -> None:
    """Serve bundles and files at addresses that hold what is in them."""
    app.extensions["assets"] = {}  # bundles and files that were asked for: content, address
    app.jinja_env.globals["static"] = url
    app.add_url_rule(f"{PREFIX}<version>/<path:name>", "asset", asset)


def url(name: str) -> str:
    """The address of the bundle or file *name*: as it was at first, or is, while it is changed."""
    return _known(name)[1]


def asset(version: str, name: str) -> ResponseReturnValue:
    """A bundle or file; an address of old gets what is there now, to be asked for again."""
    try:
        content, address = _known(name)
    except OSError as error:
        raise NotFound from error
    response = Response(content, mimetype=TYPES[Path(name).suffix])
    if address == f"{PREFIX}{version}/{name}":
        pagecache.mark(any_query=True, for_ever=True)
        response.headers["Cache-Control"] = IMMUTABLE
        return response
    response.set_etag(_version(content))
    return response.make_conditional(request)


def _known(name: str) -> tuple[bytes, str]:
    """The content of a bundle or file, and its address; read once, but while it is changed."""
    known: dict[str, tuple[bytes, str]] = current_app.extensions["assets"]
    if name not in known or current_app.debug:
        content = _content(name)
        known[name] = content, f"{PREFIX}{_version(content)}/{name}"
    return known[name]


def _content(name: str) -> bytes:
    paths = _paths(name)
    parts = [_compact(path) for path in paths]
    if len(parts) > 1 and name.endswith(".js"):
        parts = [_SCRIPT % part for part in parts]
    return "\n".join(parts).encode()


def _paths(name: str) -> list[Path]:
    """Find the files of a bundle, or one; none outside the folder, nor of a type not of ours."""
    folder = current_app.static_folder or ""
    parts = [safe_join(folder, part) for part in BUNDLES.get(name, (name,))]
    known = Path(name).suffix in TYPES and name == posixpath.normpath(name)  # one spelling
    if not known or None in parts or "\0" in name:  # no path has that one
        raise NotFound
    return [Path(part) for part in parts if part]


def _compact(path: Path) -> str:
    """Read a file without what only its authors need."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        return _CSS.sub(r"\1", text).strip()
    if path.suffix == ".js" and not path.name.endswith(".min.js"):
        import rjsmin  # only once, for the first page: its patterns take a while

        return str(rjsmin.jsmin(text))
    return text


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
