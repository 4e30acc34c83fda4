"""The pages on Flask-SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy

from .tables import CHIPS, DATABASE, PER_PAGE, Model, Post, Tag, listed, newer, now, older, related

db = SQLAlchemy(model_class=Model)


def make_app() -> Flask:
    """Make the application."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{DATABASE}"
    db.init_app(app)
    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/blog/<slug>", view_func=article)
    app.add_url_rule("/alone/<slug>", view_func=alone)
    app.add_url_rule("/tags/<name>", view_func=tag)
    return app


def fill(database: str, posts: Sequence[dict[str, Any]], tags: Sequence[str]) -> None:
    """Make the database of all peers; a post's *tags* are names, all other values as they are."""
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    Model.metadata.create_all(engine)
    with sa.orm.Session(engine) as session:
        known = {name: Tag(name=name) for name in tags}
        session.add_all(known.values())
        for post in posts:
            names = {"tags": [known[name] for name in post["tags"]]}
            session.add(Post(**(post | names)))
        session.commit()
    engine.dispose()


def index() -> str:
    """The newest articles, and the tags that most have."""
    number = sa.func.count()
    chips = db.session.execute(
        sa.select(Tag.name, number)
        .join(Tag.posts)
        .where(Post.published_at <= now())
        .group_by(Tag.id)
        .order_by(number.desc(), Tag.name)
        .limit(CHIPS)
    )
    page = db.paginate(listed(), per_page=PER_PAGE)
    return render_template("list.html", page=page, posts=page.items, chips=chips.all())


def article(slug: str) -> str:
    """An article."""
    post = _found(slug)
    near = {
        "related": db.session.scalars(related(post)).all(),
        "older": db.session.scalar(older(post)),
        "newer": db.session.scalar(newer(post)),
    }
    return render_template("article.html", post=post, **near)


def alone(slug: str) -> str:
    """An article, without those that are near it."""
    return render_template("article.html", post=_found(slug))


def tag(name: str) -> str:
    """The newest articles of a tag."""
    found = db.first_or_404(sa.select(Tag).where(Tag.name == name))
    query = listed().join(Post.tags).where(Tag.id == found.id)
    page = db.paginate(query, per_page=PER_PAGE)
    return render_template("tag.html", tag=found, page=page, posts=page.items)


def _found(slug: str) -> Post:
    query = sa.select(Post).where(Post.slug == slug, Post.published_at <= now())
    post: Post = db.first_or_404(query)
    return post
