"""The blogs that are measured: made once, and kept as long as they would be made the same."""

from __future__ import annotations

import hashlib
import random
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import click
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

import blogapp
from blogapp import config, markdown, pieces, search, series, tallies
from blogapp.extensions import db
from blogapp.models import Post, Tag, post_tags
from blogapp.search import engine

from . import corpus, questions, uncached
from .lexicon import Lexicon

_STAMP = "made-of"
_AT_ONCE = 500  # posts
_TAG_IDS = {name: number for number, name in enumerate(corpus.TAGS, start=1)}
# What decides how a blog is made.
_MADE_BY = (
    *("bench/topics.py", "bench/lexicon.py", "bench/corpus.py", "bench/blogs.py"),
    *("bench/questions.py", "blogapp/models", "blogapp/migrations", "blogapp/search"),
    *("blogapp/tallies.py", "blogapp/series.py"),
)

Row = dict[str, Any]
Rows = tuple[list[Row], list[Row]]  # of posts, and of their tags


def ready(root: Path, posts: int, *, remade: bool = True) -> Path:
    """Return the folder of a blog with so many *posts*; makes it if there is none like it.

    Unless it is to be *remade*, one that was made otherwise will do.
    """
    folder = root.absolute() / str(posts)
    stamp = folder / _STAMP
    made_of = _fingerprint()
    if not stamp.is_file() or (remade and stamp.read_text() != made_of):
        shutil.rmtree(folder, ignore_errors=True)
        _make(folder, posts)
        stamp.write_text(made_of)
    _redraw(folder)
    return folder


@contextmanager
def copies(folders: Mapping[int, Path]) -> Iterator[dict[int, Path]]:
    """Copy blogs, so that they can be written to, and remove the copies."""
    copied = {posts: folder.with_name(f"{folder.name}-copy") for posts, folder in folders.items()}
    try:
        for posts, copy in copied.items():
            shutil.copytree(folders[posts], copy, dirs_exist_ok=True)
        yield copied
    finally:
        for copy in copied.values():
            shutil.rmtree(copy, ignore_errors=True)


def application(folder: Path) -> Flask:
    """Make the application of the blog in *folder*, without the cache of its pages."""
    return uncached.application(config.Settings(instance=folder, timezone=ZoneInfo("UTC")))


def _fingerprint() -> str:
    root = Path(blogapp.__file__).parent.parent
    paths = [path for name in _MADE_BY for path in (root / name, *(root / name).rglob("*.py"))]
    files = sorted(path for path in paths if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _make(folder: Path, posts: int) -> None:
    app = application(folder)
    with app.app_context():
        upgrade()
        _store_tags()
        with _progress(posts, f"writing {posts:,} posts") as bar:
            for batch in _written(posts):
                _store(batch)
                bar.update(len(batch[0]))
        with _progress(posts, f"indexing {posts:,} posts") as bar:
            for number in _index():
                bar.update(number)
        for _ in engine.current().merge():  # as an import of 5,000 posts does
            db.session.commit()
        tallies.mend()
        series.keep(series.unnamed())
        db.session.commit()
        questions.write(folder, questions.choose())
        db.session.remove()
        db.engine.dispose()


def _redraw(folder: Path) -> None:
    """Draw again what other templates have drawn."""
    with application(folder).app_context():
        if ids := pieces.undrawn():
            with _progress(len(ids), f"drawing {len(ids):,} posts") as bar:
                for at in range(0, len(ids), _AT_ONCE):
                    pieces.redraw(ids[at : at + _AT_ONCE])
                    db.session.commit()
                    bar.update(len(ids[at : at + _AT_ONCE]))
        db.session.remove()
        db.engine.dispose()


def _progress(length: int, label: str) -> Any:
    return click.progressbar(length=length, label=f"{label:<24}", file=sys.stderr)


def _store_tags() -> None:
    rows = [{"id": number, "name": name} for name, number in _TAG_IDS.items()]
    db.session.execute(sa.insert(Tag), rows)
    db.session.commit()


def _store(batch: Rows) -> None:
    posts, tags = batch
    db.session.execute(sa.insert(Post), posts)
    db.session.execute(sa.insert(post_tags), tags)
    db.session.commit()


def _index() -> Iterator[int]:
    """Take all posts into the index; yields how many at a time."""
    query = sa.select(Post).order_by(Post.id)
    last = 0
    while batch := db.session.scalars(query.where(Post.id > last).limit(_AT_ONCE)).all():
        search.index(*batch)
        last = batch[-1].id
        db.session.commit()
        db.session.expunge_all()
        yield len(batch)


def _written(posts: int) -> Iterator[Rows]:
    """Write all posts, on all cores."""
    numbers = iter(range(1, posts + 1))
    batches = iter(lambda: list(islice(numbers, _AT_ONCE)), [])
    with get_context("spawn").Pool(initializer=_hire, initargs=(posts,)) as pool:
        yield from pool.imap(_rows, batches)


_author: corpus.Author


def _hire(posts: int) -> None:
    """Give a process of the pool its author."""
    global _author
    _author = corpus.Author(posts, Lexicon.of_size())


def _rows(numbers: Iterable[int]) -> Rows:
    """Write these posts, in a process of the pool."""
    drafts = [_author.write(number) for number in numbers]
    tags = [
        {"post_id": draft.number, "tag_id": _TAG_IDS[name], "published_at": draft.published_at}
        for draft in drafts
        for name in draft.tags
    ]
    return [_row(draft) for draft in drafts], tags


def _row(draft: corpus.Draft) -> Row:
    """A post as a save would store it."""
    plain = draft.plain
    return {
        "id": draft.number,
        "uid": str(UUID(int=random.Random(draft.number).getrandbits(128), version=4)),
        "slug": draft.slug,
        "title": draft.title,
        "description": draft.description,
        "excerpt": plain[:200],
        "series": draft.series,
        "version": 1,
        "renderer_version": markdown.VERSION,
        "minutes": max(1, round(len(plain) / 1200)),
        "created_at": draft.created_at,
        "published_at": draft.published_at,
        "updated_at": draft.created_at,
        "headings": [],
        "plain": plain,
        "body": draft.body,
        "body_html": draft.body_html,
    }
