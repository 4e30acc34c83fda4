"""Permalinks: the patterns in which other systems write the address of a post."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

from slugify import slugify

_TOKEN = re.compile(r":([a-z_]+)")
_FORMAT = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_UNIX = re.compile(r"%-?[A-Za-z]")
_MKDOCS = re.compile(r"y{4}|M{1,4}|d{1,2}")
_PRETTY = re.compile(r"[^\w.~!$&'()+,;=@\-]+")

Values = dict[str, Callable[[], str | None]]


def fill(pattern: str, values: Values) -> str | None:
    """Fill ``/:year/:title/``; None if something in it is not known."""
    unknown = []

    def put(token: re.Match[str]) -> str:
        make = values.get(token[1])
        found = make() if make else None
        if found is None:
            unknown.append(token[1])
        return found or ""

    address = _TOKEN.sub(put, pattern)
    return None if unknown else re.sub("/{2,}", "/", address)


def fill_pelican(pattern: str, slug: str, when: datetime | None, language: str) -> str | None:
    """Fill ``{date:%Y}/{slug}.html``; None if something in it is not known."""
    unknown = []

    def put(token: re.Match[str]) -> str:
        if token[1] == "slug":
            return slug
        if token[1] == "lang" and language:
            return language
        if token[1] == "date" and when and _UNIX.search(token[2] or ""):
            return _UNIX.sub(lambda code: when.strftime(code[0]), token[2])
        unknown.append(token[1])
        return ""

    address = _FORMAT.sub(put, pattern)
    return None if unknown else address


def fill_mkdocs(pattern: str, slug: str, when: datetime) -> str | None:
    """Fill ``yyyy/MM/dd/{slug}``; None if something in it is not known."""
    day, found, rest = pattern.partition("{slug}")
    if not found or "{" in day + rest:
        return None
    codes = {"yyyy": "%Y", "MM": "%m", "M": "%-m", "dd": "%d", "d": "%-d"}
    if any(code not in codes for code in _MKDOCS.findall(day)):
        return None
    return f"{_MKDOCS.sub(lambda code: when.strftime(codes[code[0]]), day)}{slug}{rest}"


def dates(when: datetime | None) -> Values:
    """Name the parts of a local time as Jekyll, Hexo and Hugo do."""

    def part(code: str) -> Callable[[], str | None]:
        return lambda: when.strftime(code) if when else None

    codes = {
        "year": "%Y", "month": "%m", "i_month": "%-m", "day": "%d", "i_day": "%-d",
        "y_day": "%j", "short_year": "%y", "short_month": "%b", "long_month": "%B",
        "short_day": "%a", "long_day": "%A", "week": "%V", "hour": "%H", "minute": "%M",
        "second": "%S", "monthname": "%B", "weekdayname": "%A", "weekday": "%w", "yearday": "%-j",
    }  # fmt: skip
    return {name: part(code) for name, code in codes.items()}


def jekyll_title(name: str) -> str:
    """Write a name as Jekyll does (``slugify``, mode pretty): signs of a path stay, and case."""
    return _PRETTY.sub("-", name).strip("-")


def jekyll_slug(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name).strip("-").lower()


def hugo_name(text: str) -> str:
    """Write a name as Hugo's ``urlize`` does: blanks become hyphens, other signs go."""
    kept = "".join(char for char in text.strip() if _stays_in_hugo(char))
    return re.sub("-{2,}", "-", re.sub(r"\s+", "-", kept)).lower()


def zola_name(name: str) -> str | None:
    """Slugify an ASCII name as Zola does; None for others, which it transcribes by tables."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") if name.isascii() else None


def pelican_name(text: str) -> str:
    return slugify(text)


def mkdocs_name(text: str) -> str:
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def _stays_in_hugo(char: str) -> bool:
    return char.isspace() or char in "._-+~" or unicodedata.category(char)[0] in "LMN"
