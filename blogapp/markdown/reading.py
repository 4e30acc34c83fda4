"""Reading: the plain words of a text, and the minutes that they take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

WORDS = 230  # a minute
CHARACTERS = 400  # a minute, in scripts that do not put blanks between words
CODE = 1 / 3  # code is skimmed: the weight of its words

_CJK = re.compile(
    "[\u1100-\u11ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
_TOKEN = re.compile(r"([^<]+)|<(?:(\w+)([^>]*)|/(\w+))>")  # text; a start, attributes; an end
_CLASSES = re.compile(r' class="([^"]*)"')
_VOID = {"br", "col", "hr", "img", "input", "wbr"}
_INLINE = {
    *("a", "abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q"),
    *("rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u"),
    *("var", "wbr"),
}
_FURNITURE = {"alert-title", "footnote-backref", "footnote-ref", "permalink"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What our HTML says: all words, those of its paragraphs (or of its prose), and how many.

    *words* counts those of the prose; *minutes* are what prose and code take.
    """

    plain: str
    lead: str
    words: int
    minutes: int


def measure(html: str) -> Reading:
    """Read our HTML."""
    reader = _Reader()
    for text, start, attributes, end in _TOKEN.findall(html):
        if text:
            reader.read(unescape(text))
        elif start:
            reader.begin(start, attributes)
        else:
            reader.end(end)
    prose, lead = _folded(reader.prose), _folded(reader.paragraphs)
    return Reading(
        plain=_folded(reader.all),
        lead=lead or prose,
        words=words(prose),
        minutes=minutes(prose, code="".join(reader.code)),
    )


def minutes(prose: str, *, code: str = "") -> int:
    """Estimate the reading time in minutes, to the nearest one, and never less than one."""
    return max(1, int(_minutes(prose) + _minutes(code) * CODE + 0.5))


def words(prose: str) -> int:
    """Count words; where no blanks stand between them, each character is one."""
    return sum(_counts(prose))


def _folded(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def _minutes(text: str) -> float:
    spaced, characters = _counts(text)
    return spaced / WORDS + characters / CHARACTERS


def _counts(text: str) -> tuple[int, int]:
    """Count the words between blanks, and the characters of scripts that have none."""
    return len(_WORD.findall(_CJK.sub(" ", text))), len(_CJK.findall(text))


class _Reader:
    """Sort the text of our HTML into prose and code."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self.prose: list[str] = []
        self.code: list[str] = []
        self.paragraphs: list[str] = []  # those that stand for themselves, in no list or box
        self.open: list[tuple[str, list[str] | None]] = []

    def begin(self, tag: str, attributes: str) -> None:
        if tag not in _INLINE:
            self._part()
        if tag not in _VOID:
            self.open.append((tag, self._place(tag, _classes(attributes))))

    def end(self, tag: str) -> None:
        if tag not in _INLINE:
            self._part()
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def read(self, data: str) -> None:
        place = self._here()
        if place is not None:
            place.append(data)
            self.all.append(data)
        if place is self.prose and self.open and self.open[0][0] == "p":
            self.paragraphs.append(data)

    def _part(self) -> None:
        """Words on both sides of a block are two words."""
        for words in (self.all, self.prose, self.paragraphs):
            words.append(" ")

    def _here(self) -> list[str] | None:
        return self.open[-1][1] if self.open else self.prose

    def _place(self, tag: str, classes: frozenset[str]) -> list[str] | None:
        """Say where the text of an element goes: with its parent's, to the code, or nowhere."""
        if tag == "pre":
            return self.code
        if tag == "figcaption" and self.open and self.open[-1] == ("figure", self.code):
            return None
        if classes:
            if _FURNITURE & classes:
                return None
            if tag == "figure" and "code" in classes:
                return self.code
        return self._here()


@lru_cache(1000)
def _classes(attributes: str) -> frozenset[str]:
    found = _CLASSES.search(attributes)
    return frozenset(found[1].split()) if found else frozenset()
