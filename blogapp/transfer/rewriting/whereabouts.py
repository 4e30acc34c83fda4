"""Whereabouts: the files of a tree, found by what texts call them."""

from __future__ import annotations

import posixpath
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ..files.trees import Tree
from .spellings import Base, Target

# Where blog systems keep what the site's root shows, and their texts.
_ROOTS = (
    *("", "static", "public", "assets", "src/assets", "src", "content", "source", "docs"),
    *("content/images", "src/content", "src/public", "static/images"),
)


class Whereabouts:
    """The files of *tree*; those that end in one of *suffixes* are also found by their names.

    *endings* are what a text may have left out of a path, in the order in which they are tried.
    """

    def __init__(
        self, tree: Tree, suffixes: tuple[str, ...], endings: Sequence[str] = ("",)
    ) -> None:
        self._tree = tree
        self._suffixes = suffixes
        self._endings = endings
        # Sorted from their ends, so that all that end alike stand together.
        self._files = sorted(
            (_backwards(path), path) for path in tree.paths() if path.casefold().endswith(suffixes)
        )

    def find(self, target: Target, source: str) -> str | None:
        """Find the file that *target* means in the text at *source*."""
        wanted = unicodedata.normalize("NFC", target.path)
        for candidate in self._candidates(wanted, target.base, source):
            path = posixpath.normpath(candidate).lstrip("/")
            if path.startswith("..") or path == ".":
                continue
            for ending in self._endings:
                if self._tree.has(f"{path}{ending}"):
                    return f"{path}{ending}"
        return self._by_ending(wanted, source)

    def _candidates(self, wanted: str, base: Base, source: str) -> Iterator[str]:
        if base is Base.HERE or not wanted.startswith("/"):
            yield posixpath.join(posixpath.dirname(source), wanted.lstrip("/"))
            # Seen from the web, a page is a folder.
            yield posixpath.join(posixpath.splitext(source)[0], wanted.lstrip("/"))
        below = "/".join(_steps(wanted))
        for above in _folders_above(source):
            for root in _ROOTS:
                yield posixpath.join(above, root, below)

    def _by_ending(self, wanted: str, source: str) -> str | None:
        """Find the file whose path ends like *wanted*; of several the one nearest to *source*."""
        below = "/".join(_steps(wanted)).casefold()
        if not below.endswith(self._suffixes):
            return None
        first = bisect_left(self._files, (_backwards(below), ""))
        last = bisect_left(self._files, (f"{_backwards(below)}{chr(sys.maxunicode)}", ""))
        found = [path for _, path in self._files[first:last]]
        if "/" not in below and len(found) > 1:
            return None  # a name alone may mean any of them
        return min(found, key=lambda path: (-_shared(path, source), len(path), path), default=None)


def _backwards(path: str) -> str:
    return f"/{path.casefold()}"[::-1]


def _steps(path: str) -> list[str]:
    """Split a path, without the steps that lead nowhere or up."""
    return [step for step in path.split("/") if step not in ("", ".", "..")]


def _folders_above(source: str) -> Iterator[str]:
    folder = posixpath.dirname(source)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _shared(path: str, source: str) -> int:
    """Count the folders that both are in, from the top."""
    pairs = zip(path.split("/")[:-1], source.split("/")[:-1], strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), 99)
