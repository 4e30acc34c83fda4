"""The verb that takes everything out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..transfer.exporting import exporter, readme, targets
from .schema import with_current_schema


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace an export that is there.")
@with_current_schema
def export(path: Path, force: bool) -> None:
    """Export everything: posts, images, tags, addresses, messages.

    PATH is a folder to be made or, if it ends in .zip, a file. It is there when it is whole;
    `blogapp import PATH` brings it back.
    """
    with (
        exporter.opened() as work,
        targets.opened(path, force=force) as target,
        click.progressbar(
            work.write(target), length=work.number, label="exporting", file=sys.stderr
        ) as steps,
    ):
        for _ in steps:
            pass
    for note in work.notes:
        click.echo(note, err=True)
    click.echo(f"{exporter.counted(work.written)}: {path}", err=True)
    click.echo(f"Messages are private. Not in it: {readme.NOT_INCLUDED}.", err=True)
