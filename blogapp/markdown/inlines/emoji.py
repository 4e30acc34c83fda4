"""Emoji by the names that GitHub has for them: ``:tada:``."""

from __future__ import annotations

import re
from functools import cache

from pymdownx.emoji import gemoji

SHORTCODE = re.compile(r"(?<![\w:]):([a-z0-9_+\-]{1,40}):(?![\w:])")


def named(name: str) -> str | None:
    """Return the characters of an emoji, if it has a name and is one of Unicode."""
    return _characters().get(name)


@cache
def _characters() -> dict[str, str]:
    index = gemoji({}, None)
    known = {
        code.strip(":"): "".join(chr(int(part, 16)) for part in points.split("-"))
        for code, entry in index["emoji"].items()
        if (points := entry.get("unicode_alt") or entry.get("unicode"))
    }
    aliases = {alias.strip(":"): code.strip(":") for alias, code in index["aliases"].items()}
    return known | {alias: known[code] for alias, code in aliases.items() if code in known}
