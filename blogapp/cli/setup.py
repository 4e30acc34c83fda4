"""Verbs that set a blog up: the database, and a first look at it."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from .. import authors, config
from ..extensions import db
from .authors import generated_password
from .importing import bring_in

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DEMO_AUTHOR = "admin"


@click.command()
@with_appcontext
def init() -> None:
    """Make the database and the secret, or bring them up to this version."""
    _make_private(db.engine.url.database)
    upgrade()
    click.echo(f"Ready: {config.current().instance}", err=True)


def _make_private(path: str | None) -> None:
    """Let only its owner read SQLite's file, and with it those that SQLite puts beside it."""
    if db.engine.dialect.name == "sqlite" and path and path != ":memory:":
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


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
