"""Backslash escapes and character references (CommonMark 2.4, 6.2)."""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
PUNCTUATION = "!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~"  # ASCII, fit for a class of characters

_ESCAPED = re.compile(rf"\\([{PUNCTUATION}])|({ENTITY})")


def unescaped(text: str) -> str:
    """Read the escapes and references in *text*."""
    if "\\" not in text and "&" not in text:
        return text
    return _ESCAPED.sub(lambda found: found[1] or character(found[2]), text)


def character(reference: str) -> str:
    """Read a character reference; an unknown name stays as it is."""
    if reference[1] == "#" or reference[1:] in html5:
        return unescape(reference).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return reference
