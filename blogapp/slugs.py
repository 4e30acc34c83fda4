"""Slugs: the name of a post in its address."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from slugify import slugify

MAX_LENGTH = 80
FALLBACK = "post"

# Addresses of ours, and the files that a website has: what a slug must not be taken for.
RESERVED = frozenset(
    {"admin", "archive", "blog", "contact", "favicon", "feed", "healthz", "index", "llms"}
    | {"login", "logout", "media", "new", "readyz", "robots", "series", "sitemap", "static"}
    | {"tags", "well-known"}
)
_FILE = re.compile(r"\.(?:html?|ico|json|md|php|txt|xml)$", re.IGNORECASE)

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

# Scripts in everyday use (UAX 31, table 5), by the first word of their letters' names.
_EVERYDAY = frozenset(
    {"LATIN", "ARABIC", "ARMENIAN", "BENGALI", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GUJARATI"}
    | {"GURMUKHI", "HEBREW", "KANNADA", "KHMER", "LAO", "MALAYALAM", "MYANMAR", "ORIYA"}
    | {"SINHALA", "TAMIL", "TELUGU", "THAANA", "THAI", "TIBETAN"}
    | {"BOPOMOFO", "HAN", "HANGUL", "HIRAGANA", "KATAKANA"}
)
# These stand beside each other in one word (UTS 39, 5.2, “highly restrictive”).
_EAST_ASIAN = frozenset({"LATIN", "BOPOMOFO", "HAN", "HANGUL", "HIRAGANA", "KATAKANA"})
_SAME_SCRIPT = {"EXTENDED": "ARABIC", "IDEOGRAPHIC": "HAN", "CJK": "HAN"}
# Armenian alone of them has a dozen letters that look just like Latin ones: words enough.
_READ_AS = str.maketrans("ագզհյոռսցքօ", "wqqhjnnugfo")
_UNSEEN = re.compile(r"VARIATION SELECTOR|FILLER|KHMER VOWEL INHERENT")


def make(text: str) -> str:
    """Make a readable slug of *text*: never empty, stable, at most 80 characters.

    Latin, Cyrillic and Greek letters become plain Latin ones; other scripts keep their own
    letters, because a transcription (of kanji by their Chinese readings, say) reads as noise.
    """
    text = _spelled_out(text)
    if _is_transcribed_whole(text):
        plain = slugify(text, max_length=MAX_LENGTH, word_boundary=True)
        slug = plain or slugify(text, max_length=MAX_LENGTH)
    else:
        slug = _shorten(_own_letters(text))
    return slug.strip("-_") or FALLBACK


def refusal(wish: str) -> str | None:
    """Say why an author's own *wish* can be no slug; None if it can."""
    wish = wish.strip()
    text = _spelled_out(wish)
    whole = slugify(text) if _is_transcribed_whole(text) else _own_letters(text)
    whole = whole.strip("-_")
    if not whole:
        return f"“{wish}” has no letter or digit that an address can hold."
    if _FILE.search(text):
        return f"“{wish}” looks like the name of a file, and an article is none."
    if is_reserved(whole):
        return f"“{whole}” is an address of the blog itself, or could be taken for one."
    if len(whole) > MAX_LENGTH:
        return f"A slug has at most {MAX_LENGTH} characters, and this has {len(whole)}."
    return next(filter(None, map(_mixture, whole.split("-"))), None)


def is_reserved(slug: str) -> bool:
    """Tell whether *slug* is, or looks like, a word that addresses of ours begin with."""
    return latin(slug) in RESERVED


def latin(slug: str) -> str:
    """Write the Latin slug that *slug* looks just like, if there is one; else itself."""
    read = slug.translate(_READ_AS)
    return read if read.isascii() else slug


def stem(wish: str) -> str:
    """Take away what makes *wish* look like the name of a file."""
    return _FILE.sub("", wish.strip())


def numbered(slug: str, suffix: str) -> str:
    """Put *suffix* behind *slug*, within the length that a slug may have."""
    return slug[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix


def is_made_of(slug: str, wish: str) -> bool:
    """Tell whether *slug* is *wish*, or that with the number that sets it apart."""
    suffix = re.search(r"-[0-9]+$", slug)
    return slug in {wish, numbered(wish, suffix[0]) if suffix else wish}


def _spelled_out(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    for pattern, name in _SPELLED_OUT:
        text = pattern.sub(name, text)
    return text


def _mixture(word: str) -> str | None:
    """Say what in *word* could be mistaken: letters of two scripts, or of one that few know."""
    scripts = {_script(char) for char in word} - {"DIGIT", "LOW"}
    named = " and ".join(sorted(script.title() for script in scripts))
    if len(scripts) > 1 and not scripts <= _EAST_ASIAN:
        return f"“{word}” mixes {named} letters, so it looks like what it is not."
    if not scripts <= _EVERYDAY:
        return f"“{word}” is written in {named} letters, of which some look just like others."
    return None


def _script(char: str) -> str:
    first = re.split("[ -]", unicodedata.name(char, ""))[0]
    return _SAME_SCRIPT.get(first, first)


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


def _is_transcribed_whole(text: str) -> bool:
    return text.isascii() or all(_is_transcribed(char) for char in text if char.isalpha())


def _is_transcribed(char: str) -> bool:
    return unicodedata.name(char, "").startswith(_TRANSCRIBED)


def _stays(char: str) -> bool:
    """Letters, digits, and the marks that a script cannot do without; nothing unseen."""
    name = unicodedata.name(char, "")
    mark = unicodedata.category(char)[0] == "M" and not name.startswith("COMBINING")
    return (char.isalnum() or mark) and not _UNSEEN.search(name)
