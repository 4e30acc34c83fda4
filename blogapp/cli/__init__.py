"""The ``blogapp`` command: exit 0 done, 1 failed, 2 misused."""

from __future__ import annotations

import sys

import click
import sqlalchemy as sa
from flask.cli import FlaskGroup

from .. import config, create_app
from ..config import SettingError
from ..errors import BlogError
from . import authors, delivering, exporting, importing, rendering, serving, setup, upkeep


@click.group(cls=FlaskGroup, create_app=create_app, add_version_option=False)
def cli() -> None:
    """A developer's blog in Flask and HTMX."""


for module in (setup, authors, importing, exporting, rendering, upkeep, delivering, serving):
    for command in module.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run the command; a failure is a sentence with cause and next step, no traceback."""
    try:
        config.load()  # click would list the verbs with a traceback above them
        cli.main(prog_name="blogapp")
    except (BlogError, SettingError) as error:
        _fail(str(error))
    except sa.exc.DatabaseError as error:
        step = "blogapp init if it is new, else blogapp check"
        _fail(f"the database failed: {error.orig}. Next: {step}")


def _fail(message: str) -> None:
    click.echo(f"blogapp: {message}", err=True)
    sys.exit(1)
