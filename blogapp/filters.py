"""A reader's filter of the articles: from a query to its one canonical URL, sentence and SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from . import posts, search, tags
from .errors import BlogError
from .extensions import db
from .models import Post, Tag, post_tags, utcnow
from .paging import Cursor, Order

MAX_TAGS = 3  # that must be there, and as many that must not
MAX_TEXT = 200  # characters
PAGE_SIZE = 20
MAX_CHIPS = 24  # of a kind that are offered; the page of all tags has the others
_MANY = 50_000  # posts: among tags that more have, any will do to begin with
# What stands in a query as it is. htmx would leave an apostrophe, too (encodeURIComponent), but
# browsers write it as %27 and would be sent back and forth.
_SAFE = "!()*~"


class TooMuch(BlogError):
    """More than a filter takes."""

    title = "Too much for one filter"


@dataclass(frozen=True, slots=True)
class Chip:
    """A tag that a click adds, excludes or takes away, and how many *articles* that leaves.

    One that takes a choice away has no number.
    """

    name: str
    target: Filter
    without: bool = False
    articles: int | None = None


@dataclass(frozen=True, slots=True)
class Chips:
    """The tags that are *chosen* or excluded, those *offered*, and those that can be excluded."""

    chosen: list[Chip]
    offered: list[Chip]
    excludable: list[Chip]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, and the filter of the next one, if any."""

    articles: list[Post]
    next: Filter | None


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
        fits = cursor is not None and bool(cursor.rank) == self.is_ranked
        return replace(self, after=cursor if fits else None)

    def resolved(self) -> Filter:
        """This filter with the names that its tags have now, as far as readers may know them."""
        if not self.tags and not self.without:
            return self
        known = posts.ids(posts.published())
        now, without = tags.resolved(self.tags, known), tags.resolved(self.without, known)
        return replace(self, tags=tuple(sorted(now)), without=tuple(sorted(without)))

    @property
    def query(self) -> str:
        """The canonical query string, without ``?``."""
        values = [("tag", name) for name in self.tags]
        values += [("not", name) for name in self.without]
        values += [("q", self.text)] if self.text else []
        values += [("after", str(self.after))] if self.after else []
        return urlencode(values, safe=_SAFE, quote_via=quote)

    @property
    def url(self) -> str:
        """The canonical address of the list."""
        return f"/?{self.query}" if self.query else "/"

    @property
    def first(self) -> Filter:
        """This filter from its first page on."""
        return replace(self, after=None)

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

    def sentence(self, number: int) -> str:
        """Say what the list holds: ``3 articles tagged flask, without js, about ‘cache’``."""
        articles = "1 article" if number == 1 else f"{number or 'no'} articles"
        if self.is_ranked and number >= search.MOST:  # a search looks at no more
            articles = f"at least {articles}"
        parts = [f"tagged {_joined(self.tags)}"] if self.tags else []
        parts += [f"without {_joined(self.without)}"] if self.without else []
        parts += [f"about ‘{self.text}’"] if self.text else []
        return f"{articles} {', '.join(parts)}".rstrip()

    def select(self) -> sa.Select[Post]:
        """Select the articles that pass, best or newest first, on all pages."""
        query, _ = self._listed()
        return query

    def page(self, size: int = PAGE_SIZE) -> Page:
        """Fetch the page that begins after the cursor."""
        query, order = self._listed(self.after)
        if self.after:
            query = query.where(order.behind(self.after))
        rows = db.session.execute(_with_rank(query.limit(size + 1), order)).all()
        articles = [post for post, _ in rows[:size]]
        if len(rows) <= size:
            return Page(articles, None)
        last, rank = rows[size - 1]
        assert last.published_at is not None  # noqa: S101 - published() selects no other
        return Page(articles, replace(self, after=Cursor(last.published_at, last.id, rank)))

    def chips(self, number: int) -> Chips:
        """List what can be clicked, when the filter leaves *number* articles."""
        left = {row.tag.name: row.articles for row in tags.counts(posts.ids(self.select()))}
        others = {name: count for name, count in left.items() if name not in self.tags}
        offered = others if len(self.tags) < MAX_TAGS else {}
        rest = {name: number - count for name, count in others.items() if count < number}
        excludable = rest if len(self.without) < MAX_TAGS else {}
        return Chips(
            chosen=[Chip(name, self._with(removed=name)) for name in self.tags]
            + [Chip(name, self._with(removed=name), without=True) for name in self.without],
            offered=[Chip(name, self._with(tag=name), False, n) for name, n in _most(offered)],
            excludable=[
                Chip(name, self._with(without=name), True, rest[name])
                for name, _ in _most({name: left[name] for name in excludable})
            ],
        )

    def _with(self, *, tag: str = "", without: str = "", removed: str = "") -> Filter:
        """This filter with one tag more or less, from its first page on."""

        def changed(names: tuple[str, ...], added: str) -> tuple[str, ...]:
            return tuple(sorted({*names, added} - {removed, ""}))

        return Filter(changed(self.tags, tag), changed(self.without, without), self.text)

    def _listed(self, after: Cursor | None = None) -> tuple[sa.Select[Post], Order]:
        """Select the articles that pass, those up to *after* perhaps not, and tell their order."""
        query, order = self._chosen(after)
        words = search.parse(self.text)
        if words.unwanted and not words.wanted:
            query = query.where(order.id.not_in(search.refused(words)))
        for tag_id in _ids_of(self.without).values():
            query = query.where(~_has(order.id, tag_id))
        return query, order

    def _chosen(self, after: Cursor | None) -> tuple[sa.Select[Post], Order]:
        """Select by what must be there, along the index that has fewest to look at."""
        # The place is the closer bound, and SQLite takes but one of two to begin from.
        until = None if after is None or after.rank else min(utcnow(), after.at)
        ids = _ids_of(self.tags)
        by_date = not (ids or self.is_ranked)
        query = posts.published(until, by_date=by_date)
        order = Order(Post.published_at, Post.id)
        if len(ids) < len(self.tags):
            return query.where(sa.false()), order
        if self.is_ranked:
            found = search.ranked(search.parse(self.text), tags=self.tags, without=self.without)
            query = query.join(found, found.c.id == Post.id)
            order = Order(Post.published_at, Post.id, found.c.rank)
        elif ids:
            first = _rarest(ids)
            query = query.join(post_tags, post_tags.c.post_id == Post.id)
            query = query.where(post_tags.c.tag_id == ids.pop(first))
            order = Order(post_tags.c.published_at, post_tags.c.post_id)
        for tag_id in ids.values():
            query = query.where(_has(order.id, tag_id))
        return query.order_by(None).order_by(*order.columns()), order


def _with_rank(query: sa.Select[Post], order: Order) -> sa.Select[Post, int]:
    """Select the rank of each article, too; what has to be sorted is sorted without its texts."""
    if order.rank is None:
        return posts.summaries(query).add_columns(sa.literal(0))
    best = query.with_only_columns(Post.id, order.rank.label("rank")).subquery()
    whole = posts.summaries(sa.select(Post), plain=True).join(best, best.c.id == Post.id)
    again = Order(order.at, order.id, best.c.rank)
    return whole.order_by(*again.columns()).add_columns(best.c.rank)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(tags.normalised(names)))


def _ids_of(names: tuple[str, ...]) -> dict[str, int]:
    if not names:
        return {}
    rows = db.session.execute(sa.select(Tag.name, Tag.id).where(Tag.name.in_(names)))
    return {row.name: row.id for row in rows}


def _has(post_id: sa.SQLColumnExpression[int], tag_id: int) -> sa.ColumnElement[bool]:
    other = post_tags.alias()
    return sa.exists().where(other.c.post_id == post_id, other.c.tag_id == tag_id)


def _rarest(ids: Mapping[str, int]) -> str:
    """Find the tag that fewest posts have; counting ends at fifty thousand."""
    if len(ids) == 1:
        return next(iter(ids))

    def number(tag_id: int) -> sa.ScalarSelect[int]:
        some = sa.select(sa.literal(1)).where(post_tags.c.tag_id == tag_id).limit(_MANY)
        return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()

    counted = db.session.execute(sa.select(*map(number, ids.values()))).one()
    return min(zip(counted, ids, strict=True))[1]


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Order tags by their counts, the highest first, and keep as many as are shown."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_CHIPS]


def _joined(names: tuple[str, ...]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
