"""Differences: what is not in step with the posts, and what is wrong with the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from . import health, markdown, pieces, posts, series, tallies, upkeep
from .extensions import db
from .models import Post, Tag
from .search import engine, entries
from .search.entries import Entry

AT_ONCE = 100  # posts in memory

INIT = "blogapp init"
REINDEX = "blogapp reindex"
RESTORE = "restore a backup"


@dataclass(frozen=True, slots=True)
class Difference:
    """What is wrong in one place, and what to do about it."""

    text: str
    remedy: str


def of_schema() -> list[Difference]:
    """Tell whether the tables are those of this version; else nothing more can be compared."""
    problem = health.problem()
    return [Difference(problem, INIT)] if problem else []


def of_file() -> Iterator[Difference]:
    """Let SQLite look through its file (sqlite.org/pragma.html#pragma_quick_check)."""
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.session.connection()
    for [text] in connection.exec_driver_sql("PRAGMA quick_check"):
        if text != "ok":
            yield Difference(f"database: {text}", RESTORE)
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Difference(f"database: row {row} of {table} belongs to no row of {parent}", RESTORE)


def of_index() -> list[Difference]:
    """Tell whether the index is whole in itself; else all of it is to be made anew."""
    problem = engine.current().problem()
    return [Difference(f"search index: {problem}", REINDEX)] if problem else []


def of_posts() -> Iterator[list[Difference]]:
    """Compare with each post what is made of it; yields all that is wrong, mostly nothing."""
    with engine.current().snapshot():
        ids = upkeep.every()
        for at in range(0, len(ids), AT_ONCE):
            yield from _of_some(ids[at : at + AT_ONCE])


def of_gone() -> list[Difference]:
    """Tell which posts only the index has."""
    return [Difference(f"post {each}: in the index, but gone", REINDEX) for each in upkeep.gone()]


def of_tallies() -> Iterator[Difference]:
    """Tell which numbers of articles are stored otherwise than the posts say."""
    with engine.current().snapshot():
        was, counted = tallies.stored(), tallies.counted()
        names = dict(db.session.execute(sa.select(Tag.id, Tag.name)).all())
    for place in sorted(was.numbers.keys() | counted.numbers.keys()):
        pair = f"stored are {was.numbers[place]}, there are {counted.numbers[place]}"
        if was.numbers[place] != counted.numbers[place]:
            of = f"tag {names[place]}" if place in names else "all"
            yield Difference(f"articles, {of}: {pair}", REINDEX)
    if was.pairs != counted.pairs:
        wrong = {*was.pairs.items()} ^ {*counted.pairs.items()}
        number = len({pair for pair, _ in wrong})
        yield Difference(f"articles with two tags: {number} numbers are wrong", REINDEX)


def of_series() -> list[Difference]:
    """Tell which series have no address, or would have another now."""
    return [Difference(f"series {name}: not at its address", REINDEX) for name in series.unnamed()]


def _of_some(ids: Sequence[int]) -> Iterator[list[Difference]]:
    misdated, drawn = tallies.misdated(ids), pieces.wrong(ids)
    query = posts.summaries(sa.select(Post), plain=True).where(Post.id.in_(ids))
    read = db.session.scalars(query.order_by(Post.id)).all()
    for post, entry in zip(read, entries.of(read), strict=True):
        found = []
        if post.renderer_version != markdown.VERSION:
            found.append(Difference(f"{post.slug}: rendered by another version", INIT))
        if post.id in drawn:
            found.append(Difference(f"{post.slug}: its pages show what was", REINDEX))
        in_index = _in_index(entry)
        if in_index:
            found.append(Difference(f"{post.slug}: {in_index}", REINDEX))
        if post.id in misdated:
            found.append(Difference(f"{post.slug}: its tags are dated otherwise", REINDEX))
        yield found


def _in_index(wanted: Entry) -> str:
    """Tell in which way the index is behind what it should have; empty if it is not."""
    indexed = engine.current().entry(wanted.id)
    if indexed is None:
        return "missing in the index"
    was = indexed.columns()
    columns = [name for name, text in wanted.columns().items() if was[name] != text]
    columns += ["place"] if indexed.place != wanted.place else []
    return f"differs in the index: {', '.join(columns)}" if columns else ""
