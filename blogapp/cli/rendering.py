"""Verbs about what is made of the texts."""

from __future__ import annotations

import sys

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from .. import posts
from ..extensions import db
from ..models import Post


@click.command()
@with_appcontext
def render() -> None:
    """Render all posts again, after an upgrade of the renderer."""
    ids = db.session.scalars(sa.select(Post.id).order_by(Post.id)).all()
    with click.progressbar(ids, label="rendering", file=sys.stderr) as bar:
        for post_id in bar:
            post = db.session.get_one(Post, post_id)
            notice = posts.render(post)
            db.session.commit()
            if notice:
                click.echo(f"\n{post.slug}: {notice}", err=True)
    click.echo(f"{len(ids)} posts rendered")


COMMANDS = (render,)
