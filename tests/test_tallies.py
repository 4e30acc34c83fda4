"""The stored numbers of articles: whatever is done, they are what a count finds."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogapp import bulk, markdown, posts, shelves, tags, tallies, texts, upkeep
from blogapp.extensions import db
from blogapp.models import Post, utcnow

from .conftest import PAST

NAMES = ["a", "b", "c", "d"]
OTHERS = ("write", "unlist", "list", "merge", "delete", "plan", "mend", "undo", "commit")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *bulk.ACTIONS,
                "write",
                "unlist",
                "list",
                "merge",
                "delete",
                "plan",
                "mend",
                "undo",
                "commit",
            ]
        ),
        st.integers(0, 5),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
    ),
    max_size=25,
)


@cache
def nothing() -> markdown.Rendered:
    """What is made of an empty text: once, for a process makes it."""
    return markdown.render("")


def step(action: str, number: int, name: str, other: str) -> None:
    """Do something of what authors do; to the post of this number, if there are so many."""
    every = list(db.session.scalars(sa.select(Post).order_by(Post.id)))
    if action == "commit":
        return db.session.commit()
    if action == "mend":
        return tallies.mend()
    if action == "undo":
        return db.session.rollback()
    if action == "write" or number >= len(every):
        text = texts.Text(title="One", tags=[name, other])
        return posts.publish(posts.create(text, rendered=nothing()), PAST)
    post = every[number]
    if action in bulk.ACTIONS:
        bulk.act(action, [post.id], tag=name)
    elif action == "plan" and post.shelf != "trash":
        posts.publish(post, utcnow() + timedelta(days=1))
    elif action in {"list", "unlist"} and post.shelf != "trash":
        shelves.put(post, "listed" if action == "list" else "unlisted")
    elif action == "delete":
        db.session.delete(post)
        db.session.flush()
    elif action == "merge":
        tag, into = tags.by_name(name), tags.by_name(other)
        if tag and into and tag is not into:
            tags.merge(tag, into)
    return None


@settings(max_examples=12)
@given(steps=STEPS)
@example([("write", 0, "a", "b"), ("write", 1, "b", "c"), ("merge", 0, "a", "b")])
@example([("write", 0, "a", "b"), ("commit", 0, "a", "a"), ("merge", 0, "a", "c")])
@example([("write", 0, "a", "b"), ("commit", 0, "a", "a"), ("merge", 0, "a", "b")])
def test_whatever_authors_do_the_tallies_are_what_a_count_finds(
    app: Flask, steps: list[tuple[str, int, str, str]]
) -> None:
    with app.app_context():
        for post in db.session.scalars(sa.select(Post)):
            db.session.delete(post)
        for each in steps:
            step(*each)
        db.session.commit()

        assert tallies.stored() == tallies.counted()
        assert tallies.misdated(upkeep.every()) == set()
