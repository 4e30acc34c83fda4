"""Sources: the Markdown files of another blog, each read as a post or refused with a reason."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from . import frontmatter, notes
from .fields import Fields, one_line

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
MAX_BYTES = 2_000_000  # what the editor can take, too
MAX_MINUTES = 1000

# Keys of front matter without their hyphens and underscores: ``pubDate`` is ``pub_date``.
_DATES = (
    "date", "publishedat", "publishdate", "publisheddate", "pubdate", "datepublished",
    "published", "created", "createdat", "datecreated",
)  # fmt: skip
_UPDATES = (
    "updated", "lastmod", "lastmodifiedat", "lastmodified", "modified", "updatedat",
    "updateddate", "dateupdated", "datemodified", "lastupdated",
)  # fmt: skip
_DESCRIPTIONS = ("description", "summary", "excerpt", "subtitle")
_MINUTES = ("readtime", "readingtime")
_TAGS = ("tags", "tag", "topics", "categories", "category", "keywords")
_TEMPLATES = {"archetypes", "_layouts", "_includes"}

_DATED = re.compile(r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?:[-_ ]+(.*))?", re.DOTALL)
_ORDERED = re.compile(r"[0-9]+\.(?=[^0-9])")  # Nuxt's 27.name.md, not 1.0-timeline.md
_INDEX = re.compile(r"_?index(?:\.[a-z]{2,3}(?:-[a-z]{2,4})?)?", re.IGNORECASE)
_PELICAN = re.compile(r"(?:[a-z][a-z_-]*:.*\n)*?(?:title|date):[ \t]", re.IGNORECASE)
_MINUTE_COUNT = re.compile(
    r"[~≈]?\s*([0-9]{1,4})(?:\.([0-9]{1,20}))?\s*(?:$|m|-|分|мин)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SourcePost:
    """A post as its author wrote it elsewhere; only dates are in this blog's terms.

    *path* is relative to the folder that is imported, POSIX, NFC: the same file has the same
    path on the next import. Times are aware, UTC. *notes* tell the author what is lost.
    """

    path: str
    title: str
    body: str
    slug: str | None
    description: str
    tags: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime | None
    draft: bool
    minutes: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not brought in; *failed* if it wants to be a post and is broken."""

    path: str
    reason: str
    failed: bool


def find(folder: Path) -> list[Path]:
    """List the Markdown files below *folder*, by path; a single file stands for itself.

    Hidden files and folders and node_modules are left out; so are links to what lies outside
    of *folder* or is found anyway. A folder that cannot be opened is listed: ``read`` tells
    why. Raises OSError if *folder* itself cannot be.
    """
    if not folder.is_dir():
        folder.stat()
        return [folder]
    os.scandir(folder).close()

    files: list[Path] = []
    links: list[Path] = []
    closed: list[Path] = []
    for place, folders, names in os.walk(
        folder, onerror=lambda e: closed.append(Path(e.filename))
    ):
        folders[:] = [name for name in folders if name[0] != "." and name != "node_modules"]
        for name in names:
            if name[0] != "." and name.lower().endswith(SUFFIXES):
                path = Path(place, name)
                (links if path.is_symlink() else files).append(path)

    top, seen = folder.resolve(), {path.resolve() for path in files}
    for link in sorted(links):
        target = link.resolve()
        if target.is_relative_to(top) and target.is_file() and target not in seen:
            seen.add(target)
            files.append(link)
    return sorted([*(path for path in files if path.is_file()), *closed], key=Path.as_posix)


def read(path: Path, root: Path, *, zone: ZoneInfo) -> SourcePost | Skipped:
    """Read a file below *root* (or *root* itself) as a post; never raises.

    A post has YAML front matter with a title, and a date there or in the name of its file or
    folder (``2013-04-30-slug.md``); only a draft needs none. Dates without an offset are
    local to *zone*, as ``frontmatter.moment`` says.
    """
    written = _key(path, root)
    key = written.encode("utf-8", "replace").decode()
    try:
        if key != written:
            raise _Refused("the file's name is not UTF-8; rename it", failed=True)
        if _TEMPLATES & _folders(path, root):
            raise _Refused("a template of the old blog, not a post")
        parts = frontmatter.split(_decoded(path))
        if parts.values is None:
            raise _Refused(_foreign_header(parts.body))
        return _post(key, path, Fields(parts), zone, drafts="_drafts" in _folders(path, root))
    except frontmatter.FrontMatterError as error:
        return Skipped(key, str(error), failed=True)
    except _Refused as refusal:
        return Skipped(key, str(refusal), refusal.failed)


class _Refused(Exception):
    def __init__(self, reason: str, *, failed: bool = False) -> None:
        super().__init__(reason)
        self.failed = failed


def _post(key: str, path: Path, fields: Fields, zone: ZoneInfo, *, drafts: bool) -> SourcePost:
    title = fields.text("title")
    if not title:
        if fields.values.get("title"):
            line = fields.lines["title"]
            raise _Refused(f"line {line}: the title is not text; put it in quotes", failed=True)
        raise _Refused("no title in its front matter")

    lost: list[str] = []
    draft = drafts or _is_draft(fields)
    day, slug = _day_and_slug(path)
    published_at = updated_at = None
    try:
        published_at = fields.moment(_DATES, zone) or (_dated(day, zone) if day else None)
    except ValueError as error:
        if not draft:
            raise _Refused(str(error), failed=True) from None
        lost.append(f"{error}; a draft comes in without it")
    if not published_at and not draft:
        raise _Refused("no date in its front matter or its name")
    try:
        updated_at = fields.moment(_UPDATES, zone)
    except ValueError as error:
        lost.append(f"{error}; the post comes in without it")

    return SourcePost(
        path=key,
        title=title,
        body=fields.body,
        slug=fields.text("slug") or slug,
        description=" ".join(fields.text(*_DESCRIPTIONS).split()),
        tags=_tags(fields),
        published_at=published_at,
        updated_at=updated_at,
        draft=draft,
        minutes=_minutes(fields),
        notes=(*lost, *notes.of(fields)),
    )


def _key(path: Path, root: Path) -> str:
    inside = path != root and path.is_relative_to(root)
    return unicodedata.normalize(
        "NFC", (path.relative_to(root) if inside else Path(path.name)).as_posix()
    )


def _folders(path: Path, root: Path) -> set[str]:
    """Name the folders from *root* down to the file, *root* included."""
    top = root.parent if path == root else root
    below = path.relative_to(top).parts[:-1] if path.is_relative_to(top) else ()
    return {os.path.basename(os.path.abspath(top)), *below}


def _decoded(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would be waited for without end
            os.scandir(path).close()  # what is wrong with a folder, it tells better
            raise _Refused("not a file", failed=True)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise _Refused(f"cannot be opened: {cause}", failed=True) from None
    if len(data) > MAX_BYTES:
        raise _Refused(
            f"larger than {MAX_BYTES // 1_000_000} MB; split it into several posts", failed=True
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Refused(f"line {line}: not UTF-8; save the file as UTF-8", failed=True) from None
    if "\0" in text:
        raise _Refused("holds zero bytes; save the file as text in UTF-8", failed=True)
    return text


def _foreign_header(text: str) -> str:
    start = text.lstrip()
    if not start:
        return "the file is empty"
    if start.startswith("+++"):
        return "its front matter is TOML (+++), which this import does not read yet"
    if start.startswith("{") and '"title"' in start[:2000]:
        return "its front matter is JSON ({), which this import does not read yet"
    if _PELICAN.match(start[:2000]):
        return (
            "its header is Pelican's (title: … without ---), which this import does not read yet"
        )
    return "no front matter: a title and a date are needed between two lines --- at its top"


def _is_draft(fields: Fields) -> bool:
    return (
        (fields.text("draft") != "" and fields.switch("draft") is not False)
        or fields.switch("published") is False
        or fields.text("status").lower() == "draft"
        or fields.switch("unlisted") is True
    )


def _day_and_slug(path: Path) -> tuple[str | None, str | None]:
    name = unicodedata.normalize("NFC", path.stem)
    if name.lower() == "readme":
        return None, None
    if _INDEX.fullmatch(name):
        name = unicodedata.normalize("NFC", Path(os.path.abspath(path)).parent.name)
    if dated := _DATED.fullmatch(name):
        return dated[1], dated[2] or None
    return None, _ORDERED.sub("", name, count=1).strip() or None


def _dated(day: str, zone: ZoneInfo) -> datetime:
    try:
        return frontmatter.moment(day, zone)
    except ValueError as error:
        raise ValueError(f"its name: {error}") from None


def _tags(fields: Fields) -> tuple[str, ...]:
    found: list[str] = []
    for name in _TAGS:
        value = fields.values.get(name)
        if isinstance(value, list):
            found += (item for item in value if isinstance(item, str))
        elif isinstance(value, str):
            alone = value.split() if name == "tags" else [value]
            found += value.split(",") if "," in value else alone
    cleaned = ((one_line(tag) or "").lstrip("#").strip() for tag in found)
    return tuple(dict.fromkeys(filter(None, cleaned)))


def _minutes(fields: Fields) -> int | None:
    _, value = fields.first(_MINUTES)
    if isinstance(value, dict):  # what the package reading-time makes
        value = value.get("minutes") or value.get("text")
    found = _MINUTE_COUNT.match(value.strip()) if isinstance(value, str) else None
    minutes = int(found[1]) + (int(found[2] or 0) > 0) if found else 0
    return minutes if 0 < minutes <= MAX_MINUTES else None
