"""A reader's filter of the articles: from a query to its one canonical URL, sentence and SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, urlencode

from . import numbers, search, tags
from .errors import BlogError
from .paging import Cursor

MAX_TAGS = 3  # that must be there, and as many that must not
MAX_TEXT = 200  # characters
PAGE_SIZE = 20
# What stands in a query as it is. htmx would leave an apostrophe, too (encodeURIComponent), but
# browsers write it as %27 and would be sent back and forth.
_SAFE = "!()*~"


class TooMuch(BlogError):
    """More than a filter takes."""

    title = "Too much for one filter"


@dataclass(frozen=True, slots=True)
class Filter:
    """All of these *tags*, none of those *without*, about this *text*, from *after* on.

    Tags are normalised and sorted, each once; the text is canonical.
    """

    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    text: str = ""
    after: Cursor | None = None

    @classmethod
    def parse(
        cls,
        tag_names: Iterable[str] = (),
        *,
        without: Iterable[str] = (),
        text: str = "",
        after: str = "",
    ) -> Filter:
        """Read a query's values. Raises ``TooMuch``."""
        typed, text = " ".join(text.split()), search.canonical(text)
        if max(len(typed), len(text)) > MAX_TEXT:
            raise TooMuch(f"A search takes at most {MAX_TEXT} characters. Leave some words out.")
        chosen = cls(_sorted(tag_names), _sorted(without), text)
        if max(len(chosen.tags), len(chosen.without)) > MAX_TAGS:
            raise TooMuch(
                f"A filter takes at most {MAX_TAGS} tags, and {MAX_TAGS} to leave out. "
                "Take one away."
            )
        return chosen.from_place(Cursor.parse(after))

    def from_place(self, cursor: Cursor | None) -> Filter:
        """This filter from *cursor* on; one of a list in another order is the beginning."""
        if cursor is not None and bool(cursor.rank) != self.is_ranked:
            cursor = None
        return self if cursor == self.after else replace(self, after=cursor)

    def resolved(self) -> Filter:
        """This filter with the names that its tags have now, as far as readers may know them."""
        if not self.tags and not self.without:
            return self
        now = numbers.renamed([*self.tags, *self.without])
        if not now:
            return self
        tags, without = (
            tuple(sorted({now.get(name, name) for name in names}))
            for names in (self.tags, self.without)
        )
        return replace(self, tags=tags, without=without)

    @property
    def query(self) -> str:
        """The canonical query string, without ``?``."""
        return _query(self) if self.narrows or self.after else ""

    @property
    def url(self) -> str:
        """The canonical address of the list."""
        query = self.query
        return f"/?{query}" if query else "/"

    @property
    def first(self) -> Filter:
        """This filter from its first page on."""
        return replace(self, after=None) if self.after else self

    @property
    def narrows(self) -> bool:
        """Whether it may leave an article out."""
        return bool(self.tags or self.without or self.text)

    @property
    def is_ranked(self) -> bool:
        """Whether the best articles come first, and not the newest."""
        return bool(search.parse(self.text).wanted)

    def feed_url(self, name: str) -> str:
        """The address of this filter's own feed, such as ``feed.xml``."""
        query = self.first.query
        return f"/{name}?{query}" if query else f"/{name}"

    def sentence(self, number: int, *, is_all: bool = True) -> str:
        """Say what the list holds: ``3 articles tagged flask, without js, about ‘cache’``."""
        articles = "1 article" if number == 1 else f"{number or 'no'} articles"
        articles = articles if is_all else f"at least {articles}"
        parts = [f"tagged {_joined(self.tags)}"] if self.tags else []
        parts += [f"without {_joined(self.without)}"] if self.without else []
        parts += [f"about ‘{self.text}’"] if self.text else []
        return f"{articles} {', '.join(parts)}".rstrip()

    def found(self) -> search.Found | None:
        """Search for its words, with its tags; None if it has no words. Once is enough."""
        words = search.parse(self.text)
        return search.found(words, tags=self.tags, without=self.without) if words else None

    def plus(self, *, tag: str = "", without: str = "") -> Filter:
        """This filter with one tag more that must be there or must not, from its first page on."""
        tags, others = {*self.tags, tag} - {""}, {*self.without, without} - {""}
        return Filter(tuple(sorted(tags)), tuple(sorted(others)), self.text)

    def minus(self, tag: str) -> Filter:
        """This filter without asking for *tag*, from its first page on."""
        tags, others = (tuple(n for n in names if n != tag) for names in (self.tags, self.without))
        return Filter(tags, others, self.text)


@lru_cache(1024)
def _query(chosen: Filter) -> str:
    values = [("tag", name) for name in chosen.tags]
    values += [("not", name) for name in chosen.without]
    values += [("q", chosen.text)] if chosen.text else []
    values += [("after", str(chosen.after))] if chosen.after else []
    return urlencode(values, safe=_SAFE, quote_via=quote)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(tags.normalised(names)))


def _joined(names: tuple[str, ...]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
