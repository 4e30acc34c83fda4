"""Likeness: names that an author probably meant as one."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

# Shorter names have to be the same to mean the same: ``c`` and ``cs``, ``rust`` and ``trust``.
MIN_LENGTH = 3
MIN_LETTERS = 5  # where a single one may be a slip
# What tells names apart, however little it is: ``python2`` and ``python3``, ``c#`` and ``c++``.
_TELLING = re.compile(r"[\d+#._-]")


def near(name: str, names: Iterable[str]) -> list[str]:
    """Find those of *names* that somebody who typed *name* may have meant."""
    return [other for other in names if are_near(name, other)]


def alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pair the names that are near each other, each pair once.

    Only names that share a clue are compared, so that thousands take no time.
    """
    sharing = defaultdict(list)
    for name in sorted(set(names)):
        for clue in _clues(_key(name)):
            sharing[clue].append(name)
    pairs = {pair for bucket in sharing.values() for pair in combinations(bucket, 2)}
    return sorted(pair for pair in pairs if are_near(*pair))


def are_near(name: str, other: str) -> bool:
    """Whether two different names may be one, such as ``test`` and ``tests``.

    They differ by accents, by hyphens and dots, by a plural, or by one letter.
    """
    one, two = _key(name), _key(other)
    if name == other or min(len(one), len(two)) < MIN_LENGTH:
        return False
    if one == two or one in _singulars(two) or two in _singulars(one):
        return True
    return min(_letters(one), _letters(two)) >= MIN_LETTERS and _is_one_slip(one, two)


def _clues(key: str) -> set[str]:
    """List what two near names share: their key, a singular, or all of it but one letter."""
    clues = {key} | _singulars(key)
    if _letters(key) >= MIN_LETTERS:
        clues |= {key[:at] + key[at + 1 :] for at in range(len(key))}
    return clues


def _key(name: str) -> str:
    """Write *name* without what is a matter of habit: accents, hyphens, dots.

    A dot in front stays (``.net``), and any sign between digits (``3.11`` is not ``311``).
    """
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", name))
    bare = re.sub(r"(\d[-_.]+(?=\d))|(?<=.)[-_.]+", lambda match: match[1] or "", bare)
    return unicodedata.normalize("NFC", bare)


def _singulars(key: str) -> set[str]:
    """List what *key* may be the English plural of."""
    plurals = [(r"(?<=[^\W\d_s])s$", ""), (r"(?<=[sxzho])es$", ""), ("ies$", "y")]
    made = {re.sub(ending, instead, key) for ending, instead in plurals}
    return {word for word in made - {key} if len(word) >= MIN_LENGTH}


def _letters(key: str) -> int:
    return len(_TELLING.sub("", key))


def _is_one_slip(one: str, two: str) -> bool:
    """Whether one letter was left out, added or another, or two neighbours were swapped."""
    while one[:1] == two[:1] != "":
        one, two = one[1:], two[1:]
    while one[-1:] == two[-1:] != "":
        one, two = one[:-1], two[:-1]
    swapped = len(one) == 2 and one == two[::-1]
    return (swapped or max(len(one), len(two)) == 1) and not _TELLING.search(one + two)
