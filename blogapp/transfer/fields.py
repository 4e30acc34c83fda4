"""Front matter, asked by any of the names that blogs have for the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from . import frontmatter

# MkDocs writes date: {created: …, updated: …}, Zola taxonomies: {tags: …}.
_NESTED = {"date": ("created", "updated"), "taxonomies": ("tags", "categories")}
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")


class Fields:
    """Front matter, asked by any of the names that blogs have for the same thing."""

    def __init__(self, parts: frontmatter.Split) -> None:
        blank = _BLANK_LINES.match(parts.body)
        self.body = parts.body[blank.end() :] if blank else parts.body
        self.repeated = parts.repeated
        self.values = {squeezed(key): value for key, value in (parts.values or {}).items()}
        self.lines = {squeezed(key): line for key, line in parts.lines.items()}
        for name, keys in _NESTED.items():
            inner = self.values.get(name)
            if isinstance(inner, dict) and inner.keys() & keys:
                del self.values[name]
                for key in keys:
                    self.values.setdefault(key, inner.get(key))
                    self.lines.setdefault(key, self.lines[name])

    def first(self, names: Iterable[str]) -> tuple[str, object]:
        """Find the first of *names* that says anything; ``("", None)`` without one."""
        for name in names:
            if self.values.get(name) is not None and one_line(self.values[name]) != "":
                return name, self.values[name]
        return "", None

    def text(self, *names: str) -> str:
        """Find the first of *names* that is text, on one line."""
        return next(filter(None, (one_line(self.values.get(name)) for name in names)), "") or ""

    def switch(self, name: str) -> bool | None:
        return frontmatter.switch(self.values.get(name))

    def moment(self, names: Iterable[str], zone: ZoneInfo) -> datetime | None:
        """Read the first date of *names*; a switch (``published: true``) is none.

        Raises ValueError with the place in the file.
        """
        dates = (name for name in names if self.switch(name) is None)
        name, value = self.first(dates)
        if not name:
            return None
        try:
            return frontmatter.moment(value, zone)
        except ValueError as error:
            raise ValueError(f"line {self.lines.get(name, 1)}: {name}: {error}") from None


def squeezed(key: str) -> str:
    """Write a key without what only separates words: ``pub-date`` is ``pubdate``."""
    return re.sub(r"[-_ ]", "", key)


def one_line(value: object) -> str | None:
    """Join the lines of a text; ``None`` for what is no text."""
    if not isinstance(value, str):
        return None
    return " ".join(filter(None, (line.strip() for line in value.splitlines())))
