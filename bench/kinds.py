"""What is measured: the product's own functions, each with questions of one kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

import sqlalchemy as sa
from flask import current_app
from werkzeug.test import create_environ, run_wsgi_app

from blogapp import counting, listing, posts, search, suggestions, texts, urls
from blogapp.extensions import db
from blogapp.filters import Filter
from blogapp.models import Post

from . import questions

MOST_GROWTH = 3.0
MOST_TIME = 10.0  # ms
MOST_TIME_OF_SEARCH = 12.0  # ms, of a whole page about a common word
MOST_IN_SQL = 2.0  # times as much in the database, for a hundred times the posts


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that readers or authors do, asked in many ways; and its goal, if it has one."""

    group: str
    asks: str  # questions of this kind
    measured: Callable[[str], object]
    most_growth: float | None = None  # of the median, from the smallest blog to the largest
    most_in_sql: float | None = None  # of the median of what its statements alone take, likewise
    most_time: float | None = None  # ms, that 99 of 100 questions to the largest blog may take
    writes: bool = False

    @property
    def name(self) -> str:
        """Its name among all."""
        return f"{self.group}: {self.asks}"


def page(query: str) -> object:
    """Fetch a page of the list, as the view does."""
    chosen = _filter(query)
    return listing.page(chosen, chosen.found())


def count(query: str) -> object:
    """Count what a filter leaves."""
    chosen = _filter(query)
    return counting.number(chosen, chosen.found())


def chips(query: str) -> object:
    """Count each tag among what a filter leaves."""
    chosen = _filter(query)
    return counting.of(chosen, chosen.found())


def ranks(query: str) -> object:
    """Ask the index alone: which posts, with which ranks."""
    return search.found(search.parse(_filter(query).text))


def spelling(query: str) -> object:
    """Find what may have been meant."""
    return suggestions.spelling(_filter(query))


def whole_page(query: str) -> object:
    """Fetch the page of a filter through WSGI."""
    return _fetched(f"/?{query}" if query else "/")


def part(query: str) -> object:
    """Fetch what htmx swaps while a reader types."""
    return _fetched(f"/?{query}", {"HX-Request": "true"})


def tag_page(query: str) -> object:
    """Fetch the page of a tag through WSGI."""
    return _fetched(urls.tag(*_filter(query).tags))


def feed(query: str) -> object:
    """Fetch a filter's own feed through WSGI."""
    return _fetched(_filter(query).feed_url("feed.xml"))


def tag_feed(query: str) -> object:
    """Fetch the feed of a tag through WSGI."""
    return _fetched(f"{urls.tag(*_filter(query).tags)}/feed.xml")


def archive(query: str) -> object:
    """Fetch a page of the archive through WSGI."""
    return _fetched(f"/archive/?{query}" if query else "/archive/")


def address(path: str) -> object:
    """Fetch what is at a path through WSGI."""
    return _fetched(path)


def article(slug: str) -> object:
    """Fetch an article through WSGI."""
    return _fetched(f"/blog/{slug}")


def save(slug: str) -> None:
    """Save a post with another description; its text is rendered already."""
    post = db.session.scalars(sa.select(Post).where(Post.slug == slug)).one()
    text = texts.Text(
        title=post.title,
        slug=post.slug,
        description=f"{post.description} Again.",
        body=post.body,
        tags=[tag.name for tag in post.tags],
    )
    posts.revise(post, text)
    db.session.commit()


def _filter(query: str) -> Filter:
    values = parse_qs(query)
    [text], [after] = values.get("q", [""]), values.get("after", [""])
    chosen = Filter.parse(
        values.get("tag", []), without=values.get("not", []), text=text, after=after
    )
    return chosen.resolved()


def _fetched(url: str, headers: dict[str, str] | None = None) -> bytes:
    environ = create_environ(url, headers=headers)
    chunks, status, _ = run_wsgi_app(current_app.wsgi_app, environ)
    assert status.startswith("200"), f"{status} {url}"
    return b"".join(chunks)


def _page(
    group: str, asks: str, measured: Callable[[str], object], most_time: float | None = None
) -> Kind:
    """A kind that fetches all of a reader's page: its statements must not grow with the blog."""
    return Kind(group, asks, measured, most_in_sql=MOST_IN_SQL, most_time=most_time)


def _full(asks: str) -> str:
    return f"{asks}, {questions.FULL}"


_BY_DATE = (
    *("everything", "common tag", "middle tag", "rare tag"),
    *("two common tags", "common and rare tag"),  # of tags that never meet no list is asked for
)
_LISTS = (
    *("without a common tag", "tag without another"),
    *(f"page {questions.PAGE}", f"page {questions.PAGE} of a tag", "half way back"),
)
_COUNTED = ("everything", "common tag", "two common tags", "common word")
_CHIPS = ("everything", "common tag", "middle tag", "rare tag", "middle word", "common word")
_WORDS = (
    *("middle word", "common word", "two words", "phrase", "name in code"),
    *("word without another", "not a word", "word with a tag"),
)
_TYPED = tuple(f"{letters} letters" for letters in questions.TYPED)
_WHOLE = (
    *("everything", "common tag", "two common tags", "tags that never meet"),
    *("without a common tag", "tag without another"),
    *(f"page {questions.PAGE}", f"page {questions.PAGE} of a tag", "half way back"),
    *("rare word", "middle word", "two words", "phrase", "not a word", "word with a tag"),
    "misspelt word",
)
# As drawn, a small blog has half a page of these and a large one has lists: they are asked again
# where both have more than a page, so that what is shown is the same.
_FULL = ("middle word", "two words", "phrase", "word with a tag")

ALL = (
    *(Kind("first page by date", asks, page, most_growth=MOST_GROWTH) for asks in _BY_DATE),
    *(Kind("other lists by date", asks, page) for asks in _LISTS),
    *(Kind("count", asks, count) for asks in _COUNTED),
    *(Kind("chips", asks, chips) for asks in _CHIPS),
    *(Kind("index alone", asks, ranks) for asks in ("rare word", "common word")),
    Kind("search", "rare word", page, most_time=MOST_TIME),
    *(Kind("search", asks, page) for asks in (*_WORDS, *_TYPED)),
    Kind("suggestion", "misspelt word", spelling),
    *(_page("whole page of the list", asks, whole_page) for asks in _WHOLE),
    *(_page("whole page of the list", _full(asks), whole_page) for asks in _FULL),
    _page("whole page of the list", "common word", whole_page, most_time=MOST_TIME_OF_SEARCH),
    *(_page("part of it that typing swaps", asks, part) for asks in _TYPED),
    *(_page("part of it that typing swaps", _full(asks), part) for asks in _TYPED),
    _page("page of a tag", "common tag", tag_page),
    _page("page of all tags", "all tags", address),
    _page("article", "article", article),
    _page("page of a series", "series", address),
    *(_page("feed", asks, feed) for asks in ("everything", "two common tags", "common word")),
    _page("feed of a tag", "common tag", tag_feed),
    *(_page("archive", asks, archive) for asks in ("everything", "half way back")),
    *(_page("sitemap", asks, address) for asks in ("sitemap", "part of the sitemap")),
    Kind("save", "article", save, writes=True),
)
