"""Batches: many new posts stored at once, each as ``posts.create`` and ``publish`` would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from . import images, markdown, permalinks, pieces, posts, search, series, tags, tallies, texts
from .errors import Conflict
from .extensions import db
from .models import Post, Tag, post_tags, utcnow

_POSTS = Post.metadata.tables["posts"]
_NAMES = [column.name for column in _POSTS.c if column.name != "id"]
_DEFAULTS: dict[str, Any] = {
    column.name: column.default for column in _POSTS.c if column.default is not None
} | {"version": sa.ColumnDefault(1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A post to be: its *text*, which has a slug, what was *rendered* of it, and its moments.

    Without *published_at* it is a draft.
    """

    text: texts.Text
    rendered: markdown.Rendered
    published_at: datetime | None = None
    updated_at: datetime | None = None
    shelf: str = "listed"


@dataclass(frozen=True, slots=True)
class Begun:
    """A *post* made of what is *new*, its pieces drawn, and its words, as *tokens*, cut."""

    new: New
    post: Post
    tokens: str


def begin(news: Sequence[New]) -> list[Begun]:
    """Do of ``make`` and ``store`` what needs no turn to write: others need not wait for it.

    Only reads. Raises ``Invalid`` as ``posts.revise`` does.
    """
    # As texts call them: if a tag is called otherwise now, ``make`` finds out.
    names = {name for new in news for name in tags.normalised(new.text.tags)}
    known = {name: Tag(name=name) for name in names}
    return [_begin(new, known) for new in news]


def make(begun: Sequence[Begun]) -> list[Post]:
    """Make new posts, which ``store`` stores; raises ``Conflict`` if a slug is taken."""
    _expect_free([each.new for each in begun])
    every = tags.named(name for each in begun for name in each.new.text.tags)
    known = {tag.name: tag for tag in every}
    for each in begun:
        names = tags.normalised(each.new.text.tags)
        if not known.keys() >= {*names}:  # some are names that a tag had once
            names = tags.resolved(names)
            each.post.pieces_stamp = None  # they are drawn with those names
        give_tags(each.post, [known[name] for name in sorted({*names})])
        _show_images(each)
    return [each.post for each in begun]


def give_tags(post: Post, every: list[Tag]) -> None:
    """Give a new post its tags, in the order of their names; ``store`` stores them with it."""
    set_committed_value(post, "tags", every)  # nothing for the session to find out post by post


def store(made: Sequence[Post], begun: Sequence[Begun] = ()) -> None:
    """Store what ``make`` made, or has its tags by ``give_tags``, and tell it its ids; flushes.

    What was *begun* of their words is not cut again. The session does not know these posts: it
    would look at each of their values several times. So what follows when it stores a post is
    done here, and a later change of one is not stored, without a word: read the post anew for it.
    """
    if not made:
        return
    db.session.flush()  # the tags
    for post in made:
        if not post.pieces_stamp:
            pieces.draw(post)
    _insert(made)
    tallies.note_new(post.id for post in made)
    tagged = [
        {"post_id": post.id, "tag_id": tag.id, "published_at": post.listed_at}
        for post in made
        for tag in post.tags
    ]
    if tagged:
        db.session.execute(sa.insert(post_tags), tagged)
    series.keep_new(post.series for post in made)
    search.index(*made, cut={each.post.plain: each.tokens for each in begun})


def updated(at: datetime, published_at: datetime) -> datetime:
    """Date a change *at* a moment: not before the publication, and not later for its sake."""
    return max(at, min(published_at, utcnow()))


def _insert(made: Sequence[Post]) -> None:
    """Insert *made*; those that have no id get one, in their order."""
    for some in ([p for p in made if p.id], [p for p in made if not p.id]):
        if some:
            db.session.execute(sa.insert(_POSTS), [_row(post) for post in some])
    fresh = {post.uid: post for post in made if not post.id}
    query = sa.select(Post.uid, Post.id).where(Post.uid.in_(fresh))
    for uid, post_id in db.session.execute(query):
        set_committed_value(fresh[uid], "id", post_id)


def _row(post: Post) -> dict[str, Any]:
    """Write the row of a new post; what it does not say, it learns here."""
    own = vars(post)
    for name, default in _DEFAULTS.items():
        if name not in own:
            value = default.arg(None) if default.is_callable else default.arg
            set_committed_value(post, name, value)
    row = {name: own.get(name) for name in _NAMES}
    return row | {"id": post.id} if post.id else row


def _expect_free(news: Sequence[New]) -> None:
    slugs = [new.text.slug for new in news]
    taken = permalinks.taken(slugs).keys() or {slug for slug in slugs if slugs.count(slug) > 1}
    if taken:
        raise Conflict(f"Another post is at “{min(taken)}” by now. Import the file once more.")


def _begin(new: New, known: Mapping[str, Tag]) -> Begun:
    post = _make(new)
    give_tags(post, [known[name] for name in tags.normalised(new.text.tags)])
    pieces.draw(post)
    return Begun(new, post, search.cut(post.plain))


def _show_images(begun: Begun) -> None:
    """Let the text show its images as they are known by now."""
    rendered = begun.new.rendered
    shown = images.shown(rendered)
    if shown is not rendered:
        begun.post.body_html = str(shown.html)


def _make(new: New) -> Post:
    now = utcnow()
    first = min(now, new.published_at or now)
    updated_at = updated(new.updated_at or first, first)
    post = Post(
        created_at=first,
        published_at=new.published_at,
        updated_at=updated_at,
        shelf=new.shelf,
    )
    posts.fill(post, new.text, slug=new.text.slug, rendered=new.rendered)
    return post
