"""Pasted: a whole file put into the editor, its front matter on top of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from .. import slugs
from .found import Note
from .headers.frontmatter import FrontMatterError
from .reading import meanings, names, old_urls, places
from .reading.fields import Fields
from .reading.settings import UNKNOWN

__all__ = ["LONGEST", "FrontMatterError", "Note", "Pasted", "front_matter"]

LONGEST = 6000  # characters of front matter: it is read while the author types
LONGEST_SAID = 200  # characters of what has no place here
MOST_NOTES = 12

_NOWHERE = places.of("pasted.md")
_NO_FIELD = frozenset({
    *names.UPDATES, *names.EARLIER, *names.HIDING, *names.EXPIRES, *names.COVERS,
})  # fmt: skip
_CODE = re.compile(r"\s*(?:```|~~~)")
_AT_A_KEY = re.compile(r"^[ \t]*+[\"']?([A-Za-z][\w-]*+)[\"']?[ \t]*+[:=]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What front matter says of a post, and the *body* below it; empty is what it says not.

    *published_at* is aware. *notes* tell what of it has no place here, with its line.
    """

    title: str
    slug: str
    description: str
    tags: tuple[str, ...]
    published_at: datetime | None
    draft: bool
    minutes: int | None
    language: str
    series: str
    body: str
    notes: tuple[Note, ...]


def front_matter(body: str, zone: ZoneInfo) -> Pasted | None:
    """Read the front matter on top of *body*, in any notation that an import knows.

    None without one: a rule, a fence, or a line that happens to have a colon is none. Dates
    without an offset are local to *zone*. Raises FrontMatterError for one that is broken.
    """
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    top, rest = _cut(text)
    if _CODE.match(top):
        return None
    try:
        fields = Fields.of(top)
    except FrontMatterError as error:
        if not _means_something(_AT_A_KEY.findall(top)):
            return None
        if rest and error.line == 1:
            cause = f"front matter of more than {LONGEST} characters is not read here; import it"
            raise FrontMatterError(error.line, cause) from None
        raise
    if fields.is_shown or not _means_something(fields.written):
        return None
    return _read(fields, rest, zone)


def _cut(text: str) -> tuple[str, str]:
    """Part *text* at the end of a line, so that the front matter of most is in the first part."""
    if len(text) <= LONGEST:
        return text, ""
    end = text.rfind("\n", 0, LONGEST) + 1 or LONGEST
    return text[:end], text[end:]


def _means_something(keys: Iterable[str]) -> bool:
    return any(names.is_known(names.squeezed(key.lower())) for key in keys)


def _read(fields: Fields, rest: str, zone: ZoneInfo) -> Pasted:
    published_at, wrong = fields.moment(names.DATES, zone)
    language, not_one = meanings.language(fields)
    draft, _ = meanings.draft(fields, _NOWHERE, datetime.now(UTC))
    notes = [*wrong, *not_one, *fields.guessed.values(), *_left_over(fields)]
    return Pasted(
        title=fields.text("title"),
        slug=_slug(fields),
        description=meanings.description(fields),
        tags=meanings.tags(fields, UNKNOWN),
        published_at=published_at,
        draft=draft,
        minutes=meanings.minutes(fields),
        language=language or "",
        series=meanings.series(fields) or "",
        body=fields.body + rest,
        notes=tuple(sorted(notes, key=lambda note: note.line or 0)[:MOST_NOTES]),
    )


def _slug(fields: Fields) -> str:
    written = fields.text("slug").strip("/").rpartition("/")[2] or old_urls.last_name(fields)
    return slugs.make(written) if written else ""


def _left_over(fields: Fields) -> Iterator[Note]:
    """Tell what has no field here, and what stands there twice."""
    for key in fields.repeated:
        name = names.squeezed(key)
        yield Note(f"{key} stands here again, and this one counts", fields.line(name))
    if fields.values.get("title") and not fields.text("title"):
        yield Note("the title is not text; put it in quotes", fields.line("title"))
    for name, key in fields.written.items():
        if fields.values.get(name) in (None, "", [], {}):
            continue
        said = ", ".join(fields.listed(name))[:LONGEST_SAID]  # else it would be gone
        if not names.is_known(name):
            yield Note(f"{key} is not understood: {said}", fields.line(name))
        elif name in _NO_FIELD:
            yield Note(f"{key} has no field here: {said}", fields.line(name))
