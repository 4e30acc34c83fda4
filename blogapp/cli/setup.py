"""Verbs that set a blog up: the database, and a first look at it."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from flask_migrate import upgrade

from .. import authors, config, series, upkeep
from ..errors import BlogError
from ..extensions import db, make_private
from ..transfer.storing.importer import Outcome
from .authors import generated_password
from .importing import bring_in
from .rendering import copy_again, render_again
from .schema import with_current_schema
from .upkeep import draw_again, index_again, purge

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DEMO_AUTHOR = "admin"


@click.command()
@with_appcontext
def init() -> None:
    """Make the database and the secret, or bring them and the posts up to this version.

    Posts are rendered, drawn and indexed again where an older version did it, and drawn, too,
    where other settings did.
    """
    make_private()
    _migrate()
    _catch_up()
    purge()
    click.echo(f"Ready: {config.current().instance}", err=True)


@click.command()
@with_current_schema
def demo() -> None:
    """Add a first author and sample posts; does nothing where an author exists."""
    if authors.exist():
        return
    _bring_in_samples()
    password = generated_password()
    authors.add(DEMO_AUTHOR, password)
    db.session.commit()
    click.echo(f"Sign in at /admin as {DEMO_AUTHOR!r} with the password {password}")
    click.echo("It is shown only this once. Another author: blogapp author add NAME", err=True)


def _migrate() -> None:
    """Run the migrations that are missing: all of them, or none."""
    try:
        upgrade()
    except sa.exc.DatabaseError as error:
        raise BlogError(
            "the database is as it was, it could not be brought up to this version:"
            f" {error.orig}. Next: blogapp check"
        ) from error


def _catch_up() -> None:
    """Make of the posts what an older version did not; nothing if all is there."""
    unrendered = upkeep.unrendered()
    if unrendered:
        copy_again()  # first: posts are rendered with what is known of their images
        number = render_again(unrendered)
        click.echo(f"{number} posts rendered by this version", err=True)
    series.keep(series.unnamed())
    db.session.commit()
    draw_again()
    unindexed = upkeep.unindexed()
    if unindexed:
        index_again(unindexed)
        click.echo(f"{len(unindexed)} posts added to the search index", err=True)


def _bring_in_samples() -> None:
    failed = [result for result in bring_in(SAMPLES) if result.outcome is Outcome.FAILED]
    for result in failed:
        click.echo(f"{result.path}: {result.reason}", err=True)
    if failed:
        raise BlogError("not all sample posts are in. Mend these files, then: blogapp demo")
