"""Reading: the plain words of a text, and the minutes that they take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

WORDS = 230  # a minute
CHARACTERS = 400  # a minute, in scripts that do not put blanks between words
CODE = 1 / 3  # code is skimmed: the weight of its words

_CJK = re.compile(
    "[\u1100-\u11ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
_TOKEN = re.compile(r"<(?:(?P<start>\w+)(?P<attributes>[^>]*)|/(?P<end>\w+))>|[^<]+")  # all of it
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
    """What our HTML says: all words, those of its paragraphs (or of its prose), the minutes."""

    plain: str
    lead: str
    minutes: int


def measure(html: str) -> Reading:
    """Read our HTML."""
    reader = _Reader()
    for token in _TOKEN.finditer(html):
        reader.take(token)
    prose, lead = _folded(reader.prose), _folded(reader.paragraphs)
    return Reading(
        plain=_folded(reader.all),
        lead=lead or prose,
        minutes=minutes(prose, code="".join(reader.code)),
    )


def minutes(prose: str, *, code: str = "") -> int:
    """Estimate the reading time in minutes, to the nearest one, and never less than one."""
    return max(1, int(_minutes(prose) + _minutes(code) * CODE + 0.5))


def _folded(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def _minutes(text: str) -> float:
    characters = len(_CJK.findall(text))
    words = len(_WORD.findall(_CJK.sub(" ", text)))
    return words / WORDS + characters / CHARACTERS


class _Reader:
    """Sort the text of our HTML into prose and code."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self.prose: list[str] = []
        self.code: list[str] = []
        self.paragraphs: list[str] = []  # those that stand for themselves, in no list or box
        self.open: list[tuple[str, list[str] | None]] = []

    def take(self, token: re.Match[str]) -> None:
        if tag := token["start"]:
            self._part(tag)
            if tag not in _VOID:
                classes = _CLASSES.search(token["attributes"])
                self.open.append((tag, self._place(tag, classes[1] if classes else "")))
        elif tag := token["end"]:
            self._part(tag)
            if self.open and self.open[-1][0] == tag:
                self.open.pop()
        else:
            self._text(unescape(token[0]))

    def _text(self, data: str) -> None:
        place = self._here()
        if place is not None:
            place.append(data)
            self.all.append(data)
        if place is self.prose and self.open and self.open[0][0] == "p":
            self.paragraphs.append(data)

    def _part(self, tag: str) -> None:
        """Words on both sides of a block are two words."""
        if tag not in _INLINE:
            for words in (self.all, self.prose, self.paragraphs):
                words.append(" ")

    def _here(self) -> list[str] | None:
        return self.open[-1][1] if self.open else self.prose

    def _place(self, tag: str, classes: str) -> list[str] | None:
        """Say where the text of an element goes: with its parent's, to the code, or nowhere."""
        if tag == "pre":
            return self.code
        in_code_figure = self.open and self.open[-1] == ("figure", self.code)
        if (tag == "figcaption" and in_code_figure) or _FURNITURE & set(classes.split()):
            return None
        if tag == "figure" and "code" in classes.split():
            return self.code
        return self._here()
