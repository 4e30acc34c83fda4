"""The verb that brings posts in."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from .. import config
from ..extensions import db
from ..transfer import importer, sources
from ..transfer.importer import Outcome


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report, but change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.pass_context
@with_appcontext
def import_(context: click.Context, path: Path, dry_run: bool, as_json: bool) -> None:
    """Import Markdown files with YAML front matter; again, and only what changed is taken.

    PATH is a folder or one file. Exits with 1 if a file failed; the others are in.
    """
    results = bring_in(path, dry_run=dry_run)
    if as_json:
        click.echo(
            json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1)
        )
    else:
        for result in results:
            _report(result)
    _sum_up(results, dry_run=dry_run)
    if any(result.outcome is Outcome.FAILED for result in results):
        context.exit(1)


def bring_in(path: Path, *, dry_run: bool = False) -> list[importer.Result]:
    """Import *path* with a progress bar on standard error, each post committed for itself."""
    root = path if path.is_dir() else path.parent
    files = sources.find(path)
    results = []
    with click.progressbar(
        importer.bring_in(files, root, zone=config.current().timezone),
        length=len(files),
        label="importing",
        file=sys.stderr,
    ) as bar:
        for result in bar:
            results.append(result)
            if dry_run:
                db.session.rollback()
            else:
                db.session.commit()
    return results


def _report(result: importer.Result) -> None:
    place = f" → /blog/{result.slug}" if result.slug else ""
    if result.state in {"draft", "scheduled"}:
        place += f" ({result.state})"
    reason = f": {result.reason}" if result.reason else ""
    click.echo(f"{result.outcome:<9} {result.path}{place}{reason}")
    for note in result.notes:
        click.echo(f"{'':<9}   note: {note}")


def _sum_up(results: list[importer.Result], *, dry_run: bool) -> None:
    if not results:
        click.echo(f"No Markdown files ({', '.join(sources.SUFFIXES)}) found there.", err=True)
        return
    numbers = Counter(result.outcome for result in results)
    summary = ", ".join(f"{numbers[outcome]} {outcome}" for outcome in Outcome if numbers[outcome])
    click.echo(f"{summary}{' (nothing was stored: --dry-run)' if dry_run else ''}", err=True)


COMMANDS = (import_,)
