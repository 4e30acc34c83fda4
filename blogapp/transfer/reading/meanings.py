"""Meanings: what the fields of front matter say of a post, in the ways of many systems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ... import languages
from ...texts import MAX_MINUTES, MAX_SERIES
from ..found import Note
from . import moments, names, places
from .fields import Fields, one_line
from .settings import Site

_SPLIT_AT_BLANKS = {"": {"tags"}, "plain": {"tags"}, "jekyll": {"tags", "categories"}}
_HIDDEN = {"draft", "hidden", "pending", "private", "wip"}
_COMMAS = re.compile("[,，、]")
_MINUTE_COUNT = re.compile(
    r"[~≈]?\s*([0-9]{1,4})(?:\.([0-9]{1,20}))?\s*(?:$|m|-|分|мин)", re.IGNORECASE
)


def draft(fields: Fields, place: places.Place, now: datetime) -> tuple[bool, list[Note]]:
    """Tell whether a post is not to be shown, and why where its author may not expect it."""
    told = []
    for name in names.HIDING:
        if fields.switch(name):
            text = f"{name}: it comes in as a draft; “unlisted: true” would leave it its address"
            told.append(Note(text, fields.line(name)))
    expires, _ = fields.moment(names.EXPIRES, ZoneInfo("UTC"))
    if expires and expires < now:
        line = min(fields.line(name) for name in names.EXPIRES if name in fields.values)
        told.append(Note("it has expired: it comes in as a draft", line))
    is_draft = (
        place.is_draft
        or (fields.text("draft") != "" and fields.switch("draft") is not False)
        or fields.switch("published", "publish") is False
        or fields.switch("isdraft", "wip") is True
        or fields.text("status", "visibility").lower() in _HIDDEN
    )
    return is_draft or bool(told), told


def unlisted(fields: Fields) -> bool:
    """Tell whether a post is to be found by its address only."""
    return (
        fields.switch(names.UNLISTED) is True
        or fields.text("visibility", "status").lower() == names.UNLISTED
    )


def description(fields: Fields) -> str:
    """Find the summary, on one line; a switch such as ``excerpt: false`` is none."""
    texts = (fields.text(name) for name in names.DESCRIPTIONS if fields.switch(name) is None)
    return " ".join(next(filter(None, texts), "").split())


def tags(fields: Fields, site: Site) -> tuple[str, ...]:
    """List the tags, categories and topics; keywords where there is nothing else."""
    found = [tag for name in names.TAGS for tag in _tags(fields, name, site)]
    cleaned = [tag.strip(" \t\"'").lstrip("#").strip() for tag in found or _keywords(fields)]
    return tuple(dict.fromkeys(filter(None, cleaned)))


def categories(fields: Fields, site: Site) -> Iterator[str]:
    """List the categories alone: they are part of some addresses."""
    yield from _tags(fields, "categories", site)
    yield from _tags(fields, "category", site)


def series(fields: Fields) -> str | None:
    """Find the name of the series, not its number in it."""
    for name in names.SERIES:
        for text in fields.listed(name):
            if moments.switch(text) is None and not text.isdecimal():
                return text[:MAX_SERIES].strip()
    return None


def language(fields: Fields) -> tuple[str | None, list[Note]]:
    """Find the language, as a BCP 47 tag."""
    for name in names.LANGUAGES:
        if written := fields.text(name):
            tag = languages.normalise(written.partition(".")[0])  # en_US.UTF-8
            if tag and len(tag.partition("-")[0]) <= 3:
                return tag, []
            text = f"{name}: “{written[:40]}” is no language; write it as en or pt-BR"
            return None, [Note(text, fields.line(name))]
    return None, []


def minutes(fields: Fields) -> int | None:
    """Find the author's own reading time, in whole minutes."""
    found = (fields.values.get(name) for name in names.READING_TIMES)
    value = next(filter(None, found), None)
    if isinstance(value, dict):  # what the package reading-time makes
        value = value.get("minutes") or value.get("text")
    written = _MINUTE_COUNT.match(value.strip()) if isinstance(value, str) else None
    count = int(written[1]) + (int(written[2] or 0) > 0) if written else 0
    return count if 0 < count <= MAX_MINUTES else None


def _tags(fields: Fields, name: str, site: Site) -> Iterator[str]:
    value = fields.values.get(name)
    if not isinstance(value, str):
        yield from fields.listed(name)
        return
    if "\n" in value.strip() and "," not in value:
        yield from value.split("\n")
        return
    text = (one_line(value) or "").removeprefix("[").removesuffix("]")
    blanks = fields.notation in ("yaml", "json") and name in _SPLIT_AT_BLANKS.get(site.name, ())
    if _COMMAS.search(text):
        yield from _COMMAS.split(text)
    elif blanks or re.match(r"#\w\S* #\w", text):
        yield from text.split()
    else:
        yield from text.split(";")


def _keywords(fields: Fields) -> list[str]:
    listed = fields.listed("keywords")
    return _COMMAS.split(listed[0]) if isinstance(fields.values.get("keywords"), str) else listed
