"""The blog that is served: made by the product itself, and handed on to the peers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from blogapp import batches, config, create_app, markdown, nearby, texts
from blogapp.extensions import db
from blogapp.filters import PAGE_SIZE
from blogapp.models import Post

from .. import corpus
from ..lexicon import Lexicon
from .peers import plain_flask

URL = "https://blog.example.org"  # where readers would find the blog
POSTS = 1000
WORDS = 1700  # of the article that is asked for, which make a page of some 30 KB
_NEWEST = datetime(2026, 10, 1, 12, tzinfo=UTC)
_EACH = timedelta(days=5)
_HEADINGS = 8  # of that article

_CODE = """\
```python
def waiting(jobs: list[Job], *, most: int = 20) -> Iterator[Job]:
    # The oldest come first; {0} is for those that {1}.
    for number, job in enumerate(sorted(jobs, key=attrgetter("since"))):
        if number == most or job.name == "{0}":
            return
        yield job
```"""


@dataclass(frozen=True, slots=True)
class Content:
    """Where the blog is, where its peers' database is, and what their pages have to show."""

    instance: Path
    database: Path  # of the peers
    slug: str  # of the article
    tag: str  # that most articles have
    tags: tuple[str, str]  # that most articles have together
    word: str  # that half of the articles have
    page: bytes  # of the article, as we send it
    said: Mapping[str, str]  # our headers with that page
    again: Mapping[str, str]  # and those of our 304, for who has it
    article: tuple[str, ...]  # pieces of it that every page of the article has, in their order
    near: tuple[str, ...]  # titles that come behind those: related ones, and its neighbours
    newest: tuple[str, ...]  # titles on the first page of the list, in its order
    tagged: tuple[str, ...]  # titles on the first page of the tag


def make(folder: Path, posts: int = POSTS) -> Content:
    """Make the blog and the peers' database in *folder*.

    The article that is asked for is in the middle: there are older and newer ones.
    """
    instance, database = folder / "instance", folder / "peers.db"
    app = create_app(config.Settings(instance=instance, url=URL, timezone=ZoneInfo("UTC")))
    with app.app_context():
        upgrade()
        _write(posts)
        every = db.session.scalars(sa.select(Post).order_by(Post.id)).all()
        stored = [_as_stored(post) for post in every]
        words = Counter(word for post in every for word in _words(post))
        article = stored[posts // 2 - 1]
        near = nearby.of(article["id"], every[posts // 2 - 1].published_at)
        db.session.remove()
        page, again = _asked_twice(app, f"/blog/{article['slug']}")
        db.engine.dispose()
    tags = Counter(name for post in stored for name in post["tags"])
    pairs = Counter(pair for post in stored for pair in combinations(post["tags"], 2))
    plain_flask.fill(str(database), stored, sorted(tags))
    [(tag, _)], [(pair, _)] = tags.most_common(1), pairs.most_common(1)
    newest = stored[::-1]
    return Content(
        instance=instance,
        database=database,
        slug=article["slug"],
        tag=tag,
        tags=pair,
        word=min(words, key=lambda word: (abs(words[word] - posts / 2), word)),
        page=page.data,
        said=dict(page.headers),
        again=dict(again.headers),
        article=(f"{article['title']}</h1>", *article["tags"], article["body_html"].strip()),
        near=tuple(other.title for other in (*near.related, near.older, near.newer) if other),
        newest=_titles(newest),
        tagged=_titles([post for post in newest if tag in post["tags"]]),
    )


def _asked_twice(app: Flask, path: str) -> tuple[TestResponse, TestResponse]:
    """Ask for a page, and again as who has it."""
    client = app.test_client()
    page = client.get(path)
    return page, client.get(path, headers={"If-None-Match": page.headers["ETag"]})


def _write(posts: int) -> None:
    """Write the posts as an import does: with all that is made on save."""
    author = corpus.Author(posts, Lexicon.of_size(8000))
    news = [_new(author, number, posts) for number in range(1, posts + 1)]
    begun = batches.begin(news)
    batches.store(batches.make(begun), begun)
    db.session.commit()


def _new(author: corpus.Author, number: int, posts: int) -> batches.New:
    draft, random = author.write(number), Random(number)
    if number == posts // 2:
        body = _long_body(author, random)
    else:
        code = _CODE.format(*author.lexicon.draw_telling(random, 2))
        body = f"{draft.body}\n\n## {draft.tags[0]}\n\n{code}\n"
    published_at = _NEWEST - _EACH * (posts - number)
    return batches.New(
        text=texts.Text(
            title=draft.title,
            slug=draft.slug,
            description=draft.description,
            body=body,
            tags=draft.tags,
        ),
        rendered=markdown.render(body),
        published_at=published_at,
    )


def _long_body(author: corpus.Author, random: Random) -> str:
    """Write an article of sections, each with prose, a list and code."""
    parts = []
    for _ in range(_HEADINGS):
        words = author.lexicon.draw(random, WORDS // _HEADINGS)
        heading = " ".join(author.lexicon.draw_telling(random, 3))
        prose, rest = " ".join(words[:-40]), words[-40:]
        entries = "\n".join(f"- {' '.join(rest[at : at + 8])}" for at in range(0, len(rest), 8))
        code = _CODE.format(*author.lexicon.draw_telling(random, 2))
        half = len(prose) // 2
        parts.append(f"## {heading}\n\n{prose[:half]}\n\n{prose[half:]}\n\n{entries}\n\n{code}")
    return "\n\n".join(parts)


def _as_stored(post: Post) -> dict[str, Any]:
    """What the peers store of a post."""
    assert post.published_at is not None  # all of them are
    return {
        "id": post.id,
        "slug": post.slug,
        "title": post.title,
        "description": post.description,
        "minutes": post.minutes,
        "published_at": post.published_at.replace(tzinfo=None),
        "headings": post.headings,
        "body_html": post.body_html,
        "tags": [tag.name for tag in post.tags],
    }


def _words(post: Post) -> set[str]:
    return {word for word in post.plain.split() if word.isalpha() and len(word) > 3}


def _titles(posts: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(post["title"] for post in posts[:PAGE_SIZE])
