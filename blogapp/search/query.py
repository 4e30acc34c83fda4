"""What a reader looks for: words, "exact phrases", -exclusions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from . import words

SHORTEST_PREFIX = 2  # characters; a single one would be the beginning of everything

_JOINERS = "\u200c\u200d"  # Persian and Indic words are not written right without them
# Phones write curly quotation marks.
_QUOTES = str.maketrans("“”„‟«»", '""""""')
_ITEM = re.compile(
    rf"(?P<no>-(?!-|[{re.escape(words.SIGNS)}]*(?:\s|$)))?"  # --dry-run and -> exclude nothing
    r'(?:"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"]+))'
)
_STARRED = re.compile(r"[^\W_]+\*")  # sql*: as people ask elsewhere for words that begin so


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens that must stand in a row; of the last one perhaps only the beginning."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as it was typed, and the rows of tokens that a text must have for it."""

    text: str
    rows: tuple[Row, ...]

    def whole(self) -> Term:
        """This term as what does not go on."""
        return replace(self, rows=tuple(Row(row.tokens) for row in self.rows))


@dataclass(frozen=True, slots=True)
class Query:
    """What must be in an article, and what must not."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)

    def whole(self) -> Query:
        """This query without words that may go on."""
        return replace(self, wanted=tuple(term.whole() for term in self.wanted))


@dataclass(frozen=True, slots=True)
class Wanted:
    """That *columns* have all that is wanted of *query*."""

    query: Query
    columns: Sequence[str]

    def beyond(self, other: Wanted) -> Wanted:
        """Leave out what *other* wants in the same columns: whoever asks is among that."""
        if self.columns != other.columns:
            return self
        more = tuple(term for term in self.query.wanted if term not in other.query.wanted)
        return replace(self, query=Query(more))


def canonical(text: str) -> str:
    """Write a search the one way: small letters, one blank between words, straight quotes.

    The order stays: of the last word perhaps only the beginning was typed. Empty if there is
    nothing in it that could be found.
    """
    text = "".join(map(_visible, text))
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    text = " ".join(text.translate(_QUOTES).split())
    return text if parse(text) else ""


def _visible(char: str) -> str:
    """Write a blank for a character that controls, nothing for one that shows nothing."""
    kind = unicodedata.category(char)
    if kind == "Cf":
        return char if char in _JOINERS else ""
    return " " if kind[0] == "C" else char


@lru_cache(1024)  # a page asks several times
def parse(text: str) -> Query:
    """Read a search. Any text is one: what has no words in it is left out."""
    wanted: dict[tuple[Row, ...], Term] = {}
    unwanted: dict[tuple[Row, ...], Term] = {}
    for match in _ITEM.finditer(text):
        unfinished = match.end() == len(text) and not match["no"] and not match["closed"]
        word = match["word"] or match["phrase"] or ""
        if _STARRED.fullmatch(word):
            word, unfinished = word[:-1], True
        term = _term(word, unfinished=unfinished)
        if term.rows:
            (unwanted if match["no"] else wanted).setdefault(term.rows, term)
    return Query(tuple(wanted.values()), tuple(unwanted.values()))


def _term(text: str, *, unfinished: bool) -> Term:
    found = words.cut_typed(text, unfinished=unfinished)
    tokens = _closed(found.words)
    if unfinished and found.ends_joined:
        tokens = _known(tokens, found.joints[-1][-1])
    rows = [Row(tokens, _is_prefix(tokens[-1], unfinished=unfinished))] if tokens else []
    for row in found.joints:
        ends = row is found.joints[-1] and found.ends_joined
        rows.append(Row(row, unfinished and ends))
    return Term(text, tuple(rows))


def _closed(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Leave the last character of a text without blanks to what may follow it."""
    if len(tokens) > 1 and words.is_unspaced(tokens[-1]) and len(tokens[-2]) == 2:
        return tokens[:-1] if tokens[-2][1:] == tokens[-1] else tokens
    return tokens


def _known(tokens: tuple[str, ...], joint: str) -> tuple[str, ...]:
    """Leave the first letter of a word to the *joint* that it ends: ``hx-p`` goes on."""
    is_begun = len(tokens[-1]) < SHORTEST_PREFIX and joint.endswith(tokens[-1])
    return tokens[:-1] if is_begun else tokens


def _is_prefix(token: str, *, unfinished: bool) -> bool:
    if words.is_unspaced(token):
        return len(token) == 1  # the index has it as the first of two
    return unfinished and len(token) >= SHORTEST_PREFIX
