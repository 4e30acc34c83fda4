"""Places: what the name of a file and its folders say of the post in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ... import languages

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
# Codes of ISO 639-1 in which blogs are written. Not there: those that mean something else in
# names of files more often, such as ts, js, md, ml, os, ab.
LANGUAGES = {
    *("ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "en", "eo", "es", "et"),
    *("eu", "fa", "fi", "fr", "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka"),
    *("kk", "ko", "lt", "lv", "mk", "mn", "ms", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru"),
    *("sk", "sl", "sq", "sr", "sv", "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zh"),
}
DRAFTS = {"_drafts", "drafts"}

_YEAR, _MONTH, _DAY = r"(?:19|20)[0-9]{2}", r"0?[1-9]|1[0-2]", r"0?[1-9]|[12][0-9]|3[01]"
_REST = r"(?:[-_ .]+(?P<rest>.*))?$"
_NAMES = [
    re.compile(rf"(?P<y>{_YEAR})([-_.])(?P<m>{_MONTH})\2(?P<d>{_DAY})(?![0-9]){_REST}", re.S),
    re.compile(rf"(?P<y>{_YEAR})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01]){_REST}", re.S),
]
_SHORT = re.compile(
    r"(?P<y>[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])-(?P<rest>\D.*)$", re.S
)
_SPLIT = rf"(?:^|/)(?P<y>{_YEAR})[-_/](?P<m>0[1-9]|1[0-2])[-_/](?P<d>0[1-9]|[12][0-9]|3[01])"
_IN_PATH = re.compile(rf"{_SPLIT}(?:[-_ /]+(?P<rest>[^/]*))?$")
_IN_ADDRESS = re.compile(rf"{_SPLIT}(?:[-_ /]|$)")
_ORDERED = re.compile(r"[0-9]+\.(?=[^0-9])")  # Nuxt's 27.name.md, not 1.0-timeline.md
_LANGUAGE = re.compile(r"(.+)\.([A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?)", re.S)
_INDEX = {"index", "_index", "readme"}


@dataclass(frozen=True, slots=True)
class Place:
    """What a path says; *day* is a YYYY-MM-DD that may be missing in the calendar."""

    stem: str  # the file's name, without its language and its ending
    slug: str | None
    day: str | None
    language: str | None
    is_draft: bool


def of(path: str, *, top: str = "", short: bool = False) -> Place:
    """Read a POSIX path below a folder called *top*; *short* allows days such as 160508."""
    *folders, name = [*filter(None, [top]), *path.split("/")]
    stem, language = stem_and_language(name)
    is_index = stem.lower() in _INDEX
    own = folders.pop() if is_index and folders else stem
    day, slug = _day_and_slug(folders, own, parent=bool(top) < len(folders), short=short)
    nameless = own == stem if is_index else False
    if nameless or (stem.lower() == "readme" and "/" not in path and day is None):
        slug = None
    is_draft = not DRAFTS.isdisjoint({*folders, own if is_index else ""})
    return Place(stem, slug, day, language, is_draft)


def stem_and_language(name: str) -> tuple[str, str | None]:
    """Part ``index.ru.md`` into its stem and its language."""
    ending = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), "")
    stem = name[: len(name) - len(ending)] or name
    found = _LANGUAGE.fullmatch(stem)
    if found and (language := language_code(found[2])):
        return found[1], language
    return stem, None


def language_code(name: str) -> str | None:
    """Read ``ru``, ``zh-cn`` or ``pt_BR`` as a language tag; None for any other name."""
    return languages.normalise(name) if re.split("[-_]", name.lower())[0] in LANGUAGES else None


def day_in(address: str) -> str | None:
    """Find the day in an address such as ``/2013/04/30/name/``."""
    found = _IN_ADDRESS.search(address)
    return _day(found) if found else None


def name_in_words(name: str) -> str:
    """Make a title of a file's name: ``my-first_post`` is “My first post”."""
    text = " ".join(re.split(r"[-_\s]+", name)).strip()
    return text[:1].upper() + text[1:]


def unordered(name: str) -> str:
    """Take off the number by which files are put in order."""
    return _ORDERED.sub("", name, count=1).strip()


def _day_and_slug(
    folders: list[str], own: str, *, parent: bool, short: bool
) -> tuple[str | None, str | None]:
    """Look in the name, then in it and its folders, then in its *parent* if that may tell."""
    for pattern in [*_NAMES, *([_SHORT] if short else [])]:
        if found := pattern.match(own):
            return _day(found), found["rest"] or None
    if found := _IN_PATH.search("/".join([*folders, own])):
        return _day(found), unordered(found["rest"] or "") or None
    if parent and (found := _NAMES[0].match(folders[-1])):
        return _day(found), unordered(own) or None
    return None, unordered(own) or None


def _day(found: re.Match[str]) -> str:
    year = found["y"] if len(found["y"]) == 4 else f"20{found['y']}"
    return f"{year}-{int(found['m']):02}-{int(found['d']):02}"
