"""What is measured: the product's own functions, each with questions of one kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

import sqlalchemy as sa
from flask import current_app

from blogapp import posts, search, suggestions, texts, urls
from blogapp.extensions import db
from blogapp.filters import PAGE_SIZE, Filter
from blogapp.models import Post

from . import questions

MOST_GROWTH = 3.0
MOST_TIME = 10.0  # ms


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that readers or authors do, asked in many ways; and its goal, if it has one."""

    group: str
    asks: str  # questions of this kind
    measured: Callable[[str], object]
    most_growth: float | None = None  # of the median, from the smallest blog to the largest
    most_time: float | None = None  # ms, that 99 of 100 questions to the largest blog may take
    writes: bool = False

    @property
    def name(self) -> str:
        """Its name among all."""
        return f"{self.group}: {self.asks}"


def page(query: str) -> object:
    """Fetch a page of the list, as the view does."""
    return _filter(query).page()


def count(query: str) -> int:
    """Count what a filter leaves."""
    return posts.count(_filter(query).select())


def chips(query: str) -> object:
    """Count each tag among what a filter leaves."""
    return _filter(query).chips(_MORE_THAN_ALL)


def ranks(query: str) -> object:
    """Ask the index alone: which posts, with which ranks."""
    text = _filter(query).text
    found = search.ranked(search.parse(text))
    first = sa.select(found).order_by(found.c.rank, found.c.id.desc()).limit(PAGE_SIZE + 1)
    return db.session.execute(first).all()


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


def all_tags(_query: str) -> object:
    """Fetch the page of all tags through WSGI."""
    return _fetched("/tags/")


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


_MORE_THAN_ALL = 10**9  # articles: what can be excluded is looked at, too


def _filter(query: str) -> Filter:
    values = parse_qs(query)
    [text], [after] = values.get("q", [""]), values.get("after", [""])
    chosen = Filter.parse(
        values.get("tag", []), without=values.get("not", []), text=text, after=after
    )
    return chosen.resolved()


def _fetched(url: str, headers: dict[str, str] | None = None) -> bytes:
    response = current_app.test_client().get(url, headers=headers)
    assert response.status_code == 200, f"{response.status} {url}"
    return bytes(response.data)


_BY_DATE = (
    *("everything", "common tag", "middle tag", "rare tag"),
    *("two common tags", "common and rare tag", "tags that never meet"),
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
    *("everything", "common tag", "two common tags", "rare word", "middle word", "common word"),
    "misspelt word",
)

ALL = (
    *(Kind("first page by date", asks, page, most_growth=MOST_GROWTH) for asks in _BY_DATE),
    *(Kind("other lists by date", asks, page) for asks in _LISTS),
    *(Kind("count", asks, count) for asks in _COUNTED),
    *(Kind("chips", asks, chips) for asks in _CHIPS),
    *(Kind("index alone", asks, ranks) for asks in ("rare word", "common word")),
    Kind("search", "rare word", page, most_time=MOST_TIME),
    *(Kind("search", asks, page) for asks in (*_WORDS, *_TYPED)),
    Kind("suggestion", "misspelt word", spelling),
    *(Kind("whole page of the list", asks, whole_page) for asks in _WHOLE),
    *(Kind("part of it that typing swaps", asks, part) for asks in _TYPED),
    Kind("page of a tag", "common tag", tag_page),
    Kind("page of all tags", "everything", all_tags),
    Kind("article", "article", article),
    Kind("save", "article", save, writes=True),
)
