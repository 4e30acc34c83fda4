"""Front matter, asked by any of the names that blogs have for the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from ..found import Note
from ..headers import frontmatter
from . import moments, names
from .names import squeezed

# MkDocs writes date: {created: …, updated: …}, Zola taxonomies: {tags: …}.
_NESTED = {
    "date": ("created", "updated"),
    "taxonomies": ("tags", "tag", "categories", "category", "topics", "series"),
}
# What themes keep in a place of its own: of this, only what cannot mean anything else.
_OTHERS = ("extra", "params")
_FROM_OTHERS = {
    *("description", "excerpt", "series", "subtitle", "summary", "updated"),
    *("lastmod", "readtime", "readingtime"),
}
_NAMES = ("name", "title", "label", "slug")  # of an entry that has properties
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")


class Fields:
    """Front matter, asked by any of the names that blogs have for the same thing.

    The names are those that ``names.squeezed`` makes. *body* begins with the first line that
    is not blank, which is *body_line* of the file.
    """

    def __init__(self, parts: frontmatter.Split) -> None:
        blank = _BLANK_LINES.match(parts.body)
        self.body = parts.body[blank.end() :] if blank else parts.body
        self.body_line = parts.body_line + (blank[0].count("\n") if blank else 0)
        self.notation = parts.notation
        self.repeated = parts.repeated
        self.is_shown = False  # all of it stands in the body, too
        self.guessed: dict[str, Note] = {}  # of dates that were read without their time zone
        self.values = {squeezed(key): value for key, value in (parts.values or {}).items()}
        self.written = {squeezed(key): key for key in parts.values or {}}
        self.lines = {squeezed(key): line for key, line in parts.lines.items()}
        for name, keys in _NESTED.items():
            inner = self.values.get(name)
            if isinstance(inner, dict) and inner.keys() & set(keys):
                del self.values[name]
                self._lift(inner, name, keys)
        for name in _OTHERS:
            inner = self.values.get(name)
            if isinstance(inner, dict):
                self._lift(inner, name, _FROM_OTHERS)

    @classmethod
    def of(cls, text: str) -> Fields:
        """Take the front matter off *text*; raises FrontMatterError.

        Lines of ``Key: value`` without a title may be minutes or a recipe: where one is unknown,
        they stay in the text, too.
        """
        parts = frontmatter.split(text)
        keys = [squeezed(key) for key in parts.values or {}]
        if parts.notation != "keys" or "title" in keys or all(map(names.is_known, keys)):
            return cls(parts)
        whole = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        fields = cls(parts._replace(body=whole, body_line=1))
        fields.is_shown = True
        return fields

    def line(self, name: str) -> int:
        """Say on which line of the file a name stands."""
        return self.lines.get(name, 1)

    def text(self, *keys: str) -> str:
        """Find the first of *keys* that is text, on one line."""
        for key in keys:
            if key in self.values and (text := one_line(self.values[key])):
                return text
        return ""

    def listed(self, name: str) -> list[str]:
        """List the texts of a value, of one line each, whether it is a list or a single one."""
        return list(_texts(self.values[name])) if name in self.values else []

    def switch(self, *keys: str) -> bool | None:
        """Find the first of *keys* that is on or off."""
        for key in keys:
            value = moments.switch(self.values[key]) if key in self.values else None
            if value is not None:
                return value
        return None

    def moment(self, keys: Iterable[str], zone: ZoneInfo) -> tuple[datetime | None, list[Note]]:
        """Read the first date of *keys*, in the zone that it is written in; list wrong ones.

        A switch (``published: true``) is no date. One in an unknown zone is taken as local to
        *zone*, and ``guessed``.
        """
        wrong: list[Note] = []
        for name in keys:
            value = self.values.get(name)
            if value is None or one_line(value) == "" or self.switch(name) is not None:
                continue
            try:
                return moments.read(value, zone), wrong
            except moments.UnknownZoneError as error:
                self.guessed[name] = Note(
                    f"{name}: {error} (it is taken in the zone {zone.key})", self.line(name)
                )
                return error.local, wrong
            except ValueError as error:
                wrong.append(Note(f"{name}: {error}", self.line(name)))
        return None, wrong

    def unread(self) -> list[str]:
        """List the names, in the order of their lines, that mean nothing here."""
        if self.is_shown:
            return []
        found = [
            name
            for name in self.written
            if self.values.get(name) not in (None, "", [], {}) and not names.is_known(name)
        ]
        return sorted(found, key=self.line)

    def _lift(self, inner: dict[object, object], outer: str, keys: Iterable[str]) -> None:
        found = {squeezed(str(key)): value for key, value in inner.items()}
        for key in keys:
            if key in found:
                self.values.setdefault(key, found[key])
                self.lines.setdefault(key, self.line(outer))


def one_line(value: object) -> str | None:
    """Join the lines of a text; ``None`` for what is no text."""
    if not isinstance(value, str):
        return None
    return " ".join(filter(None, (line.strip() for line in value.splitlines())))


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(next((value[key] for key in _NAMES if value.get(key)), None))
    elif text := one_line(value):
        yield text
