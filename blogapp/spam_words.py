"""Spam words: what the author has seen in spam, and the messages that hold some of it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import sqlalchemy as sa

from . import messages, turns  # messages imports this one: neither uses the other at once
from .errors import Conflict, Invalid
from .extensions import db
from .models import Message, SpamWord
from .search.words import fold, is_unspaced

MOST = 1000
LONGEST = 100  # characters
NEWEST = 200  # messages that are looked through for an author

# A word as far as ASCII goes, a run that is not only ASCII, or a sign.
_RUN = re.compile(r"[^\x00-/:-@\[-^`{-\x7f]+|\S")


@dataclass(frozen=True, slots=True)
class Catch:
    """A message that holds some of the words."""

    id: int
    name: str
    folder: str
    words: list[str]

    @property
    def is_aside(self) -> bool:
        """Whether it is put aside as spam."""
        return self.folder == messages.Folder.SPAM


@dataclass(frozen=True, slots=True)
class Trial:
    """What the words find in the newest messages, those first that are not put aside."""

    catches: list[Catch]
    looked_at: int

    @property
    def kept(self) -> int:
        """How many of them are not put aside."""
        return sum(not catch.is_aside for catch in self.catches)


def listed() -> list[str]:
    """The words and phrases, in order."""
    return list(db.session.scalars(sa.select(SpamWord.word).order_by(SpamWord.word)))


def version(words: Iterable[str]) -> str:
    """Tell a list from others; nothing tells an empty one."""
    text = "\n".join(words)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def save(text: str, *, begun_from: str) -> None:
    """Take the list from *text*, a word or phrase a line.

    Raises ``Invalid`` for ``words``, and ``Conflict`` if the list is no longer the version that
    it was *begun_from*.
    """
    words = _read(text)
    turns.take(SpamWord)
    stored = listed()
    if version(stored) != begun_from and stored != sorted(words):
        raise Conflict(_difference(stored, words))
    db.session.execute(sa.delete(SpamWord))
    db.session.add_all(SpamWord(word=word) for word in words)
    db.session.flush()


def caught(text: str) -> list[str]:
    """Find the words that stand in a folded *text*, whole, each once, in its order."""
    return _finder(tuple(listed())).find(text)


def trial() -> Trial:
    """Look for the words in the newest messages, whatever folder they are in."""
    finder = _finder(tuple(listed()))
    newest = db.session.execute(
        sa.select(Message.id, Message.name, Message.email, Message.body, Message.folder)
        .where(Message.withdrawn_at.is_(None))
        .order_by(Message.id.desc())
        .limit(NEWEST)
    ).all()
    found = [
        Catch(row.id, row.name, row.folder, finder.find(text_of(row.name, row.email, row.body)))
        for row in newest
    ]
    catches = sorted((each for each in found if each.words), key=lambda each: each.is_aside)
    return Trial(catches, len(newest))


def text_of(name: str, email: str, body: str) -> str:
    """Write what somebody sent as words are looked for in it."""
    return fold(f"{name}\n{email}\n{body}")


def _read(text: str) -> list[str]:
    """Read the lines; the same word in two spellings is kept once, as it stands first."""
    words: dict[tuple[str, ...], str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        word = " ".join(line.casefold().split())
        if not word:
            continue
        units = tuple(_units(fold(word)))
        if len(word) > LONGEST:
            raise Invalid("words", f"Line {number} is longer than {LONGEST} characters.")
        if not units:
            raise Invalid("words", f"Line {number} has nothing to look for: take it out.")
        words.setdefault(units, word)
    if len(words) > MOST:
        raise Invalid("words", f"These are {len(words):,} words; at most {MOST:,} go in.")
    return list(words.values())


def _difference(stored: list[str], words: list[str]) -> str:
    """Say what was saved in another place meanwhile, so that nothing is lost by saving again."""
    missing = [word for word in stored if word not in words]
    said = ", ".join(f"“{word}”" for word in missing[:10]) + (" …" if missing[10:] else "")
    lacks = f"It also has {said}: add what you need." if missing else "Yours has all of its words."
    return f"The list was saved elsewhere meanwhile. {lacks} Then save again."


class _Node(dict[str, "_Node"]):
    """A step into the words, from unit to unit; *word* is the one that ends here."""

    word = ""


class _Finder:
    """Looks for many words at once: the cost grows with the text, not with their number."""

    def __init__(self, words: Iterable[str]) -> None:
        self._root = _Node()
        for word in words:
            node = self._root
            for unit in _units(fold(word)):
                node = node.setdefault(unit, _Node())
            node.word = word

    def find(self, text: str) -> list[str]:
        """Find the words that stand in a folded *text*."""
        if not self._root:
            return []
        units = list(_units(text))
        return list(
            dict.fromkeys(word for at in range(len(units)) for word in self._at(units, at))
        )

    def _at(self, units: list[str], at: int) -> Iterator[str]:
        node = self._root.get(units[at])
        while node is not None:
            if node.word:
                yield node.word
            at += 1
            node = node.get(units[at]) if at < len(units) else None


@lru_cache(2)
def _finder(words: tuple[str, ...]) -> _Finder:
    return _Finder(words)


def _units(text: str) -> Iterator[str]:
    """Cut a folded text into words, signs, and single letters of scripts without blanks."""
    for run in _RUN.findall(text):
        if run.isascii():
            yield run
        else:
            for kind, chars in groupby(run, _kind):
                if kind == "word":
                    yield "".join(chars)
                elif kind == "single":
                    yield from chars


@lru_cache(10_000)
def _kind(char: str) -> str:
    if char.isspace():
        return "gap"
    is_letter = char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")
    return "word" if is_letter and not is_unspaced(char) else "single"
