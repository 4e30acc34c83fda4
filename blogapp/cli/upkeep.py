"""Verbs that keep what is made of the posts in step with them."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from .. import (
    differences,
    drawing,
    health,
    pieces,
    posts,
    previews,
    series,
    shelves,
    tallies,
    upkeep,
)
from ..differences import Difference
from ..errors import BlogError
from ..extensions import db
from ..models import Post
from ..search import engine

PAUSE = 0.1  # seconds, in which another writer gets its turn: SQLite lets them ask so often


@click.command()
@with_appcontext
def reindex() -> None:
    """Take all posts into the search index anew; it can be searched meanwhile.

    Draws the pieces of their pages, too, and mends stored numbers and the addresses of series.
    """
    problem = health.problem()
    if problem:
        raise BlogError(problem)
    engine.current().mend()
    db.session.commit()
    purge()
    ids = upkeep.every()
    index_again(ids)
    upkeep.drop_gone()
    tallies.mend()
    series.keep(series.unnamed())
    series.forget_unused()
    db.session.commit()
    for _ in engine.current().tidy():
        db.session.commit()
        time.sleep(PAUSE)
    db.session.commit()
    click.echo(f"{len(ids)} posts indexed")


@click.command()
@with_appcontext
def check() -> None:
    """Compare what is made of the posts with them, and look through the database.

    That is the search index, the pieces of pages, stored numbers and the addresses of series.
    Changes nothing.
    """
    found = _of_old_tables() or _differences()
    for difference in found:
        click.echo(difference.text)
    if found:
        raise BlogError(f"differences: {len(found)}. Next: {found[0].remedy}")
    undrawn = len(pieces.undrawn())
    if undrawn:
        click.echo(f"posts that other settings have drawn: {undrawn}; readers see these", err=True)
    click.echo(f"everything is in step: {posts.count(sa.select(Post))} posts")


def purge() -> None:
    """Delete what has been in the trash for its days, and forget old preview links."""
    number = shelves.purge()
    previews.purge()
    db.session.commit()
    if number:
        click.echo(f"deleted, after their time in the trash: {number}", err=True)


def index_again(ids: Sequence[int]) -> None:
    """Index posts with a progress bar on standard error, a few at a time committed."""
    with click.progressbar(length=len(ids), label="indexing", file=sys.stderr) as bar:
        for at in range(0, len(ids), upkeep.AT_ONCE):
            if at:
                time.sleep(PAUSE)
            some = ids[at : at + upkeep.AT_ONCE]
            upkeep.index(some)
            db.session.commit()
            bar.update(len(some))


def draw_again() -> None:
    """Draw the pieces of pages that other templates or settings have drawn."""
    ids = pieces.undrawn()
    if not ids:
        return
    with click.progressbar(length=len(ids), label="drawing", file=sys.stderr) as bar:
        for at in range(0, len(ids), pieces.AT_ONCE):
            if at:
                time.sleep(drawing.PAUSE)
            some = ids[at : at + pieces.AT_ONCE]
            drawing.batch(some)
            bar.update(len(some))


def _of_old_tables() -> list[Difference]:
    schema = differences.of_schema()
    return [*differences.of_file(), *schema] if schema else []


def _differences() -> list[Difference]:
    click.echo("looking through the index and the database", err=True)
    found = differences.of_index() or [*_compared(), *differences.of_gone()]
    found += [*differences.of_series(), *differences.of_file()]
    return found or [*differences.of_tallies()]  # what is counted must be in step itself


def _compared() -> list[Difference]:
    number = posts.count(sa.select(Post))
    with click.progressbar(
        differences.of_posts(), length=number, label="comparing", file=sys.stderr
    ) as bar:
        return [difference for each in bar for difference in each]
