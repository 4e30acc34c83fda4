"""Words: what the index keeps of a text, and what a search looks for in it.

A text becomes two rows of tokens. The first has its words, folded: ``use hx push url now``. The
second has what is written in one with signs, two words at a time, so that developers find their
identifiers: ``hx-push push-url``. A search for ``hx-push-url`` asks for these two in a row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

SIGNS = "!#$%&*+-./:=@_~^|<>?\\"  # the tokenizer of the index must know them as letters
BREAK = "|"  # stands between what is not written in one
_REMEMBERED = 50_000  # of what stood between blanks: most of a text has stood in another one
MAX_LENGTH = 64  # characters of a token; longer ones are found by how they begin

_BEFORE = set("-._@$#:/~*&+!%")  # signs that belong to the word behind them: --dry, .net, @app
_BEHIND = set("+#_*")  # signs that belong to the word before them: c++, init__
_OPEN = set("-:/@=")  # signs behind which more of a name can be expected: data-
_MOST_SIGNS = 3  # in a row, that join two words
_OPERATORS = range(2, 5)  # signs in a row that stand for themselves: =>, &&, ===
_QUOTES = "\"'`()[]{},;“”‘’"

# Scripts without blanks between words, and Hangul, where endings are written in one with them.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u309f"
    "\u30a1-\u30fa\u30fc-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Letters that are no base with an accent, as people without them on the keyboard write them; and
# the hyphen of typesetters, to which the one that does not break a line folds.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"}
    | {"\u2010": "-"}
)
_SELECTORS = {chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}


@dataclass(frozen=True, slots=True)
class Cut:
    """A search in tokens: its *words*, and its *joints*, a row for each name written in one."""

    words: tuple[str, ...]
    joints: tuple[tuple[str, ...], ...]
    ends_joined: bool  # the last row of joints is the text's end, too


def fold(text: str) -> str:
    """Write *text* without case and accents: ``Łódź`` is ``lodz``, ``Straße`` is ``strasse``."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text.translate(_FOLDED))


def fold_char(char: str) -> str:
    """Fold one character; the result has none, one or several."""
    return _FOLDED[ord(char)]


def tokens(text: str) -> str:
    """Cut *text* into the tokens that the index keeps, and write them as it does."""
    if not (found := list(map(_WRITTEN.__getitem__, fold(text).split()))):
        return ""
    words = " ".join([words for words, _ in found if words])
    return f" {BREAK} ".join([words, *[joints for _, joints in found if joints]])


def cut_typed(text: str, *, unfinished: bool) -> Cut:
    """Cut what a reader typed into the tokens to look for.

    An *unfinished* text may end in the middle of a name: ``hx-`` is then the beginning of one,
    and the last word stands in one token only, the last, which may go on.
    """
    chunks = list(_chunks(fold(text)))
    joints = [_joints(chunk) for chunk in chunks]
    if unfinished and chunks:
        joints[-1] = _joints(chunks[-1], is_open=True, is_begun=True)
    return _cut(chunks, joints)


def is_unspaced(token: str) -> bool:
    """Whether *token* is one or two characters of a text without blanks."""
    return len(token) <= 2 and _unspaced().fullmatch(token) is not None


def without_unspaced(text: str) -> str:
    """Write blanks in the place of what is written without: words end there, too."""
    return text if text.isascii() else _unspaced().sub(lambda run: " " * len(run[0]), text)


class _Folded(dict[int, str]):
    """What each character folds to, found out when it is first seen (for ``str.translate``)."""

    def __missing__(self, code: int) -> str:
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        kept = "".join(char for char in text if not _is_left_out(char)).translate(_LETTERS)
        self[code] = folded = unicodedata.normalize("NFC", kept)
        return folded


_FOLDED = _Folded()


def _is_left_out(char: str) -> bool:
    """Whether readers do not type *char*: accents, Hebrew and Arabic vowels, invisible characters.

    Marks by canonical combining class (Unicode, table 4-3): those of Indic scripts and of kana
    make other letters and stay. Invisible are soft hyphens, joiners, variation selectors.
    """
    kind = unicodedata.combining(char)
    is_invisible = unicodedata.category(char) == "Cf" or char in _SELECTORS
    return is_invisible or kind >= 200 or 10 <= kind <= 35


@cache  # made when it is first used: large ranges take milliseconds
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]+")


@cache
def _in_a_sentence() -> re.Pattern[str]:
    """A word, and around it quotes, brackets and a sentence's end: they join nothing."""
    quotes = f"[{re.escape(_QUOTES)}]*+"
    return re.compile(f"{quotes}([a-z0-9]++){quotes}[.!?]?{quotes}")


@cache
def _piece() -> re.Pattern[str]:
    # Half of a word in Devanagari is marks, which Python does not count as letters.
    marks = "".join(
        char for char in map(chr, range(0x300, 0xE00)) if unicodedata.category(char)[0] == "M"
    )
    return re.compile(
        f"(?P<unspaced>[{_UNSPACED}]+)"
        rf"|(?P<word>(?:[^\W_{_UNSPACED}]|[{marks}])+)"
        "|(?P<symbol>[\u2190-\u2bff\U0001f000-\U0001faff])"
        f"|(?P<signs>[{re.escape(SIGNS)}]+)"
        r"|(?P<gap>\s+|.)",
        re.S,
    )


Piece = tuple[str, str]  # kind and text


def _chunks(text: str) -> Iterator[list[Piece]]:
    """Group the pieces that are written in one."""
    chunk: list[Piece] = []
    for match in _piece().finditer(text):
        if match.lastgroup != "gap":
            chunk.append((match.lastgroup or "", match[0]))
        elif chunk:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Written(dict[str, tuple[str, str]]):
    """What stands between blanks, as the index keeps it: its words, and its rows of joints."""

    def __missing__(self, written: str) -> tuple[str, str]:
        if plain := _in_a_sentence().fullmatch(written):  # as most are: it would come to the same
            found = plain[1][:MAX_LENGTH], ""
        else:
            chunks = list(_chunks(written))
            cut = _cut(chunks, [_joints(chunk, is_open=True) for chunk in chunks])
            found = " ".join(cut.words), f" {BREAK} ".join(" ".join(row) for row in cut.joints)
        if len(written) <= MAX_LENGTH:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = found
        return found


_WRITTEN = _Written()


def _cut(chunks: list[list[Piece]], joints: list[Iterator[str]]) -> Cut:
    rows = [tuple(token[:MAX_LENGTH] for token in row) for row in joints]
    return Cut(
        words=tuple(word for chunk in chunks for word in _words(chunk)),
        joints=tuple(row for row in rows if row),
        ends_joined=bool(rows and rows[-1]),
    )


def _words(chunk: list[Piece]) -> Iterator[str]:
    for kind, text in chunk:
        if kind == "unspaced":
            yield from (text[at : at + 2] for at in range(len(text)))
        elif kind != "signs":
            yield text[:MAX_LENGTH]
        elif len(chunk) == 1 and len(text) in _OPERATORS:
            yield text


def _joints(chunk: list[Piece], *, is_open: bool = False, is_begun: bool = False) -> Iterator[str]:
    """Yield what signs join: two words, or a word and the signs that belong to it.

    Of ``self.__name__.upper`` they are ``self.__name``, ``__name``, ``name__``,
    ``name__.upper``, ``.upper``: then ``__name__`` is found in it, too. At the end of a chunk
    that *is_open*, ``data-`` is a name. Of one that *is_begun*, the last word comes once.
    """
    last = len(chunk) - 1
    for at, (kind, signs) in enumerate(chunk):
        if kind != "signs":
            continue
        left = _word(chunk, at - 1)
        right = _word(chunk, at + 1)
        behind = _leading(signs, _BEHIND)
        if left and behind and (not right or behind != signs or behind[0] in "+#"):
            yield left + behind
        if right:
            names = _ending(left, signs, right)
            yield from islice(names, 1) if is_begun and at + 1 == last else names
        elif left and signs[0] in _OPEN and (is_open or at < last):
            yield left + _leading(signs, _OPEN)


def _ending(left: str, signs: str, word: str) -> Iterator[str]:
    """Yield what ends with *word*: what is joined to it, and it with the signs of its own.

    A sign between two words is no one's own: ``.net`` is not found in ``asp.net``.
    """
    if left and len(signs) <= _MOST_SIGNS:
        yield left + signs + word
    own = _leading(signs[::-1], _BEFORE)
    alike = _leading(signs[::-1], {signs[-1]} & _BEFORE)
    if own and not left:
        yield own[::-1] + word
    if alike and alike[::-1] != (signs if left else own[::-1]):
        yield alike + word


def _word(chunk: list[Piece], at: int) -> str:
    is_word = 0 <= at < len(chunk) and chunk[at][0] == "word"
    return chunk[at][1] if is_word else ""


def _leading(signs: str, allowed: set[str]) -> str:
    """The signs at the beginning that are *allowed*, three at most."""
    length = 0
    for sign in signs[:_MOST_SIGNS]:
        if sign not in allowed:
            break
        length += 1
    return signs[:length]
