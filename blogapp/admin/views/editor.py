"""The editor: a post as its author writes it; saving, publishing, keeping what is not saved."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import flash, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ... import (
    authors,
    htmx,
    identity,
    images,
    markdown,
    proofreading,
    publishing,
    revisions,
    saving,
    series,
    slugs,
    tags,
)
from ... import posts as core
from ...errors import Conflict, Invalid
from ...extensions import db
from ...models import MAX_ID, Author, Post
from ...publishing import Outcome
from ...saving import Overlap
from ...security import keeps_text
from .. import filling
from ..forms import PostForm
from ..telling import Told
from .shelves import shelve, show_trashed

PREVIEW_SECONDS = 2.0


def new_post() -> ResponseReturnValue:
    """The empty editor."""
    return show(None, PostForm.of(None, _zone()))


@keeps_text
def create_post() -> ResponseReturnValue:
    """Write a new post, or go on with the draft that an autosave has begun of it."""
    return _save(post_of_form())


def post(post_id: int) -> ResponseReturnValue:
    """The editor with a post in it, or with what its author has written on and not saved."""
    found = core.get(post_id)
    if found.shelf == "trash":
        return show_trashed(found)
    kept = revisions.kept(found)
    mine = next((each for each in kept if each.author_id in {None, _author_id()}), None)
    if get_flashed_messages():  # just saved, here: that is to be seen, and no other tab's text
        mine = None
    form = PostForm.of(found, _zone(), mine)
    look = {} if htmx.wants_partial() else _looked_at(found, form)
    return show(found, form, kept=kept, shown=mine, **look)


@keeps_text
def save_post(post_id: int) -> ResponseReturnValue:
    """Save a post; the button that was pressed says what else is to be done."""
    return _save(core.get(post_id))


@keeps_text
def preview() -> ResponseReturnValue:
    """Show how the text in the editor will look; nothing is saved."""
    form = PostForm()
    found = post_of_form()
    form.validate()
    if form.notice:
        return show(found, form, 422)
    form.clear_errors()
    return htmx.render_page(
        "admin/post.html",
        "admin/_post_preview.html",
        **context(found, form, **_looked_at(found, form)),
    )


def _looked_at(post: Post | None, form: PostForm) -> dict[str, Any]:
    """Render the text, and say what may be odd in it; or what front matter it begins with."""
    rendered, pasted = _rendered(form), filling.of(form)
    look = {
        "rendered": rendered,
        "suggested": slugs.make(form.title.data) if form.title.data else "",
    }
    if pasted or rendered.notice:
        return {**look, "pasted": pasted}
    findings = proofreading.proofread(
        form.text(), post, html=str(rendered.html), at=form.time_or_none(), patience=0
    )
    return {**look, "findings": findings}


def _rendered(form: PostForm) -> markdown.Rendered:
    """Render for a look: one that has to wait is not worth the wait."""
    looked_at = markdown.render(
        form.body.data or "", seconds=PREVIEW_SECONDS, patience=0, placed=True
    )
    return images.shown(looked_at)


def _save(post: Post | None) -> ResponseReturnValue:
    form = PostForm()
    try:
        expect_own()
        if not form.validate():
            return show(post, form, 422)
        told = _apply(post, form, request.form.get("action", "save"))
    except Overlap as overlap:
        return _show_overlap(overlap, form)
    except (Invalid, Conflict) as error:
        db.session.rollback()
        form.refuse(error)
        if isinstance(error, Invalid) and error.field == "publish_at":
            form.see(post)
        return show(post, form, error.status)

    db.session.commit()
    flash(" ".join(told.sentences))
    return redirect(url_for(".post", post_id=told.post.id), 303)


def _apply(post: Post | None, form: PostForm, action: str) -> Told:
    """Save the text, and do what the pressed button asks for; returns what to tell of it."""
    order, text, by = form.order(action), form.text(), hand(form)
    unanswered = "unanswered" in request.form  # a save before this one
    near_misses = tags.near_misses(text.tags)
    if post is None:
        saved = saving.create(text, by=by, unanswered=unanswered)
    else:
        saved = saving.save(post, text, begun_from=form.begun_from(), by=by, unanswered=unanswered)
    adopt(saved.post, form)
    if saved.post.shelf == "trash":
        return Told(saved, near_misses=near_misses)
    moved = shelve(saved.post, form)
    outcome = publishing.carry_out(saved.post, order)
    if order.at is not None and outcome is not Outcome.NOTHING:
        _keep_zone(order.zone)
    return Told(saved, outcome, order, moved, near_misses)


def expect_own() -> None:
    """Refuse what another author wrote: in a tab that was left open. Raises ``Conflict``."""
    author, writer_id = identity.author(), _writer_id()
    if author is None or writer_id in {None, author.id}:
        return
    writer = db.session.get(Author, writer_id)
    name = writer.name if writer else "another author"
    raise Conflict(
        f"This was written by {name}; you are signed in as {author.name}. Nothing was saved: "
        f"sign in as {name} in another tab, then send it once more."
    )


def adopt(post: Post, form: PostForm) -> None:
    """Take over what the form was filled with, if that was kept and not saved."""
    if was := form.was_kept():
        revisions.adopt(*was, post, hand(form))


def post_of_form() -> Post | None:
    post_id = request.form.get("post", type=int)
    return core.get(post_id) if post_id else None


def hand(form: PostForm) -> revisions.Hand:
    return revisions.Hand(author_id=_author_id(), sitting=form.sitting.data or None)


def _author_id() -> int | None:
    author = identity.author()
    return author.id if author else None


def _writer_id() -> int | None:
    """Who had the editor open that was sent."""
    sent = request.form.get("author", type=int)
    return sent if sent is not None and 0 < sent <= MAX_ID else None


def _keep_zone(zone: ZoneInfo) -> None:
    author = identity.author()
    if author is not None:
        author.timezone = zone.key


def _zone() -> ZoneInfo:
    return authors.zone(identity.author())


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())


def _show_overlap(overlap: Overlap, form: PostForm) -> ResponseReturnValue:
    """Give the form back with both texts; what was sent is kept as it was, too."""
    begun_from, by = form.begun_from(), hand(form)
    db.session.rollback()
    post = saving.keep_mine(overlap, by=by, begun_from=begun_from)
    db.session.commit()
    form.take(overlap)
    return show(post, form, overlap.status, overlap=overlap)


def show(post: Post | None, form: PostForm, status: int = 200, **more: Any) -> ResponseReturnValue:
    response = htmx.render_page(
        "admin/post.html", "admin/_post_form.html", status, **context(post, form, **more)
    )
    if status != 200:
        response.headers["HX-Retarget"] = "#post-form"
        if post is not None:
            response.headers["HX-Replace-Url"] = url_for(".post", post_id=post.id)
    return response


def context(post: Post | None, form: PostForm, **more: Any) -> dict[str, Any]:
    """What the editor's templates need."""
    form.offer()
    action = url_for(".post", post_id=post.id) if post else url_for(".new_post")
    every = series.known()
    known = {
        "tags_known": tags.names(),
        "series_known": every,
        "series_hint": _series_hint(form.series.data or "", every),
        "zones_known": _zones(),
        "writer_id": _writer_id() or _author_id(),
    }
    return {"post": post, "form": form, "action": action, "rendered": None, **known, **more}


def _series_hint(name: str, known: Mapping[str, int]) -> str:
    """Say how a series is made, and whether *name* is one, or nearly."""
    said = ["The same name in each of its parts."]
    if number := known.get(name):
        said.append("1 post has this one." if number == 1 else f"{number} posts have this one.")
    if twin := series.twin(name, known):
        said.append(f"“{twin}” is another series.")
    return " ".join(said)
