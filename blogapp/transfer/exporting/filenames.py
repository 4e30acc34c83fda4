"""File names: a post's own, such that every file system keeps it and keeps it apart."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120  # bytes of UTF-8; with a date and an ending it fits in every system's 143 or 255

# Windows, whatever the ending (learn.microsoft.com/windows/win32/fileio/naming-a-file).
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")
_SIGNS = frozenset('<>:"/\\|?*~')


def make(slug: str, uid: str) -> str:
    """Make a file's name, without ending, of a *slug*.

    Most are the slug itself. Those that some system would refuse, cut or take for another get
    the *uid* behind what is left of them: no two slugs get names that differ only by case.
    """
    plain = unicodedata.normalize("NFKC", slug.casefold())
    plain = "".join(char if _is_safe(char) else "-" for char in plain).strip(" .")
    if plain == slug and not _RESERVED.match(plain) and len(plain.encode()) <= LONGEST:
        return slug
    room = LONGEST - len(uid) - 1
    kept = plain.encode()[:room].decode(errors="ignore").rstrip(" .")
    return f"{unicodedata.normalize('NFC', kept)}~{uid}"


def _is_safe(char: str) -> bool:
    """Printable and visible; ``~`` is what sets names apart."""
    return char not in _SIGNS and (char == " " or unicodedata.category(char)[0] not in "CZ")
