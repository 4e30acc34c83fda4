"""Verbs about what is made of the texts."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from .. import images, upkeep
from ..extensions import db
from .schema import with_current_schema


@click.command()
@with_current_schema
def render() -> None:
    """Render all posts again, and take them into the search index; make images' missing copies."""
    copy_again()
    number = render_again(upkeep.every())
    click.echo(f"{number} posts rendered")


def copy_again() -> None:
    """Make the smaller copies that images lack, with a progress bar, each committed for itself."""
    with click.progressbar(images.uncopied(), label="resizing", file=sys.stderr) as bar:
        for image_id in bar:
            images.copy_again(image_id)
            db.session.commit()


def render_again(ids: Sequence[int]) -> int:
    """Render posts with a progress bar on standard error, each committed for itself.

    Returns how many have been rendered; a notice tells of each other one.
    """
    number = 0
    with click.progressbar(ids, label="rendering", file=sys.stderr) as bar:
        for post_id in bar:
            notice = upkeep.render(post_id)
            db.session.commit()
            if notice:
                click.echo(f"\n{notice}", err=True)
            else:
                number += 1
    return number
