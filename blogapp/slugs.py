"""Slugs: the name of a post in its address."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from slugify import slugify

MAX_LENGTH = 80
FALLBACK = "post"

# Names in which a sign carries the meaning.
_SPELLED_OUT = [
    (re.compile(r"\bC\+\+", re.I), "cpp"),
    (re.compile(r"\b([CFJ])#", re.I), r"\1-sharp"),
    (re.compile(r"(?<!\w)\.NET\b", re.I), "dotnet"),
    (re.compile(r"\b(node|next|vue|nuxt|deno|d3)\.js\b", re.I), r"\1js"),
    (re.compile(r"(?<=\s)&(?=\s)"), "and"),
]
# Scripts whose Latin transcription their own readers can read.
_TRANSCRIBED = ("LATIN", "CYRILLIC", "GREEK")


def make(text: str) -> str:
    """Make a readable slug of *text*: never empty, stable, at most 80 characters.

    Latin, Cyrillic and Greek letters become plain Latin ones; other scripts keep their own
    letters, because a transcription (of kanji by their Chinese readings, say) reads as noise.
    """
    text = unicodedata.normalize("NFKC", text)
    for pattern, name in _SPELLED_OUT:
        text = pattern.sub(name, text)
    if all(_is_transcribed(char) for char in text if char.isalpha()):
        plain = slugify(text, max_length=MAX_LENGTH, word_boundary=True)
        slug = plain or slugify(text, max_length=MAX_LENGTH)
    else:
        slug = _shorten(_own_letters(text))
    return slug.strip("-_") or FALLBACK


def numbered(slug: str, suffix: str) -> str:
    """Put *suffix* behind *slug*, within the length that a slug may have."""
    return slug[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix


def is_made_of(slug: str, wish: str) -> bool:
    """Tell whether *slug* is *wish*, or that with the number that sets it apart."""
    suffix = re.search(r"-[0-9]+$", slug)
    return slug in {wish, numbered(wish, suffix[0]) if suffix else wish}


def _own_letters(text: str) -> str:
    """Keep letters with their marks; write the Latin ones among them plainly."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = text.lower()  # Cherokee folds to capitals
    text = "".join(char if _stays(char) else "-" for char in text)
    runs = ((latin, "".join(run)) for latin, run in groupby(text, _is_transcribed))
    text = "".join(slugify(run) if latin else run for latin, run in runs)
    return re.sub("-+", "-", text).strip("-")


def _shorten(slug: str) -> str:
    """Cut between words where that is possible."""
    if len(slug) <= MAX_LENGTH:
        return slug
    return slug[: MAX_LENGTH + 1].rpartition("-")[0] or slug[:MAX_LENGTH]


def _is_transcribed(char: str) -> bool:
    return unicodedata.name(char, "").startswith(_TRANSCRIBED)


def _stays(char: str) -> bool:
    """Letters, digits, and the marks that a script cannot do without."""
    mark = unicodedata.category(char)[0] == "M"
    return char.isalnum() or (mark and not unicodedata.name(char).startswith("COMBINING"))
