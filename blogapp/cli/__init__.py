"""The ``blogapp`` command: exit 0 done, 1 failed, 2 misused."""

from __future__ import annotations

import sys
from pkgutil import resolve_name

from .. import collecting, config, create_app

with collecting.paused():
    import click
    from flask.cli import FlaskGroup

VERBS = {
    "author": ".authors:author",
    "check": ".upkeep:check",
    "db": "flask_migrate.cli:db",
    "deliver": ".delivering:deliver",
    "demo": ".setup:demo",
    "export": ".exporting:export",
    "import": ".importing:import_",
    "init": ".setup:init",
    "reindex": ".upkeep:reindex",
    "render": ".rendering:render",
    "serve": ".serving:serve",
}


class Verbs(FlaskGroup):
    """Verbs that are imported when they are asked for: who serves needs nothing of the others."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Find a verb: ours, else Flask's."""
        if name not in VERBS:
            return super().get_command(ctx, name)
        place = VERBS[name]
        with collecting.paused():
            found: click.Command = resolve_name(__name__ + place if place[0] == "." else place)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List all verbs."""
        return sorted({*super().list_commands(ctx), *VERBS})


@click.group(cls=Verbs, create_app=create_app, add_version_option=False)
def cli() -> None:
    """A developer's blog in Flask and HTMX."""


def main() -> None:
    """Run the command; a failure is a sentence with cause and next step, no traceback."""
    try:
        config.load()  # click would list the verbs with a traceback above them
        cli.main(prog_name="blogapp")
    except Exception as error:
        message = _explained(error)
        if message is None:
            raise
        click.echo(f"blogapp: {message}", err=True)
        sys.exit(1)


def _explained(error: Exception) -> str | None:
    """Say what a person can do about *error*, or ``None``: then it is ours to mend."""
    from sqlalchemy.exc import DatabaseError  # here, for the main process of `serve` does without

    from ..errors import BlogError

    if isinstance(error, BlogError | config.SettingError):
        return str(error)
    if isinstance(error, DatabaseError):
        step = "blogapp init if it is new, else blogapp check"
        return f"the database failed: {error.orig}. Next: {step}"
    return None
