"""Verbs that set a blog up: the database, and a first look at it."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from .. import authors, config
from ..extensions import db, make_private
from .authors import generated_password
from .importing import bring_in

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DEMO_AUTHOR = "admin"


@click.command()
@with_appcontext
def init() -> None:
    """Make the database and the secret, or bring them up to this version."""
    make_private()
    upgrade()
    click.echo(f"Ready: {config.current().instance}", err=True)


@click.command()
@with_appcontext
def demo() -> None:
    """Add a first author and sample posts; does nothing where an author exists."""
    if authors.exist():
        return
    password = generated_password()
    authors.add(DEMO_AUTHOR, password)
    db.session.commit()
    bring_in(SAMPLES)
    click.echo(f"Sign in at /admin as {DEMO_AUTHOR!r} with the password {password}")
    click.echo("It is shown only this once. Another author: blogapp author add NAME", err=True)


COMMANDS = (init, demo)
