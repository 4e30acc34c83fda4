"""Posts: the list by state, and the editor."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ... import config, htmx, identity, markdown, series, slugs, tags, times
from ... import posts as core
from ...errors import Conflict, Invalid
from ...extensions import db
from ...models import Post
from ...security import keeps_text
from ..forms import PostForm
from . import bp

PREVIEW_SECONDS = 2.0
MAX_DOUBTS = 3  # the cookie that carries them to the next page is small


@bp.get("/")
def posts() -> ResponseReturnValue:
    """All posts: drafts, scheduled ones, published ones."""
    query = core.summaries(sa.select(Post)).order_by(Post.updated_at.desc(), Post.id.desc())
    by_state: dict[str, list[Post]] = {"draft": [], "scheduled": [], "published": []}
    for post in db.session.scalars(query):
        by_state[post.state()].append(post)
    by_state["published"].sort(key=lambda post: post.published_at or post.created_at, reverse=True)
    return render_template("admin/posts.html", by_state=by_state)


@bp.get("/posts/new")
def new_post() -> ResponseReturnValue:
    """The empty editor."""
    return _show(None, PostForm.of(None, _zone()))


@bp.post("/posts/new")
@keeps_text
def create_post() -> ResponseReturnValue:
    """Write a new post."""
    return _save(None)


@bp.get("/posts/<int:post_id>")
def post(post_id: int) -> ResponseReturnValue:
    """The editor with a post in it."""
    found = core.get(post_id)
    return _show(found, PostForm.of(found, _zone()))


@bp.post("/posts/<int:post_id>")
@keeps_text
def save_post(post_id: int) -> ResponseReturnValue:
    """Save a post; the button that was pressed says what else is to be done."""
    return _save(core.get(post_id))


@bp.post("/preview")
@keeps_text
def preview() -> ResponseReturnValue:
    """Show how the text in the editor will look; nothing is saved."""
    form = PostForm()
    post_id = request.form.get("post", type=int)
    found = core.get(post_id) if post_id else None
    form.validate()
    if form.notice:
        return _show(found, form, 422)
    form.clear_errors()
    return htmx.render_page(
        "admin/post.html",
        "admin/_post_preview.html",
        **_editor(found, form, rendered=_rendered(form)),
        suggested=slugs.make(form.title.data) if form.title.data else "",
    )


def _rendered(form: PostForm) -> markdown.Rendered:
    """Render for a look: one that has to wait is not worth the wait."""
    return markdown.render(form.body.data or "", seconds=PREVIEW_SECONDS, patience=0)


def _save(post: Post | None) -> ResponseReturnValue:
    form = PostForm()
    if not form.validate():
        return _show(post, form, 422)
    try:
        if post is not None:
            core.expect(post, form.begun_from())
        near_misses = tags.near_misses(form.text().tags)
        saved, message = _apply(post, form, request.form.get("action", "save"))
    except (Invalid, Conflict) as error:
        db.session.rollback()
        if post is not None and isinstance(error, Conflict) and _is_repeated(post, form):
            flash("Saved.")
            return redirect(url_for(".post", post_id=post.id), 303)
        form.refuse(error)
        return _show(post, form, error.status)

    db.session.commit()
    flash(" ".join([message, *_doubts(near_misses)]))
    return redirect(url_for(".post", post_id=saved.id), 303)


def _doubts(near_misses: list[tuple[str, str]]) -> list[str]:
    """Say which new tags an author may have meant as one that exists; they are merged there."""
    return [
        f"The tag “{new}” is new; there is also “{known}”. Are they one? /admin/tags"
        for new, known in near_misses[:MAX_DOUBTS]
    ]


def _is_repeated(post: Post, form: PostForm) -> bool:
    """Whether this form was sent twice, and what it asks for has been done."""
    action = request.form.get("action", "save")
    is_draft = post.published_at is None
    return core.says(post, form.text()) and is_draft == {
        "publish": False,
        "now": False,
        "unpublish": True,
    }.get(action, is_draft)


def _apply(post: Post | None, form: PostForm, action: str) -> tuple[Post, str]:
    """Do what the pressed button asks for; returns the post and what to tell the author."""
    zone, at = form.time_zone(), form.time()
    if post is None:
        post, changed = core.create(form.text()), True
    else:
        changed = core.revise(post, form.text())

    if action == "unpublish":
        core.unpublish(post)
        return post, "Taken back: it is a draft again, and readers do not find it any more."
    if post.state() == "scheduled" and at is None and action == "save":
        raise Invalid("publish_at", "When? To publish it at once, press “publish now”.")
    if action == "now" or (action == "publish" and at is None):
        core.publish(post)
        return post, "Published."
    if at and (action == "publish" or _is_other_time(post, at, zone)):
        core.publish(post, at)
        _keep_zone(zone)
        done = "Scheduled for" if post.state() == "scheduled" else "Published, dated"
        return post, f"{done} {at.astimezone(zone):%-d %B %Y, %H:%M} ({zone.key})."
    if at and post.published_at is None:
        return post, "Saved as a draft. The time is not kept: it counts with “Publish”."
    return post, "Saved." if changed else "Saved; nothing had changed."


def _is_other_time(post: Post, at: datetime, zone: ZoneInfo) -> bool:
    """Whether the field says another minute than the one *post* is published at."""
    if post.published_at is None:
        return False
    return times.to_form(post.published_at, zone) != times.to_form(at, zone)


def _keep_zone(zone: ZoneInfo) -> None:
    author = identity.author()
    if author is not None:
        author.timezone = zone.key


def _zone() -> ZoneInfo:
    """The zone that the author last published in, else the site's."""
    author = identity.author()
    named = author.timezone if author else None
    return ZoneInfo(named) if named else config.current().timezone


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())


def _show(post: Post | None, form: PostForm, status: int = 200) -> ResponseReturnValue:
    response = htmx.render_page(
        "admin/post.html", "admin/_post_form.html", status, **_editor(post, form)
    )
    if status != 200:
        response.headers["HX-Retarget"] = "#post-form"
    return response


def _editor(
    post: Post | None, form: PostForm, rendered: markdown.Rendered | None = None
) -> dict[str, Any]:
    """What the editor's templates need."""
    action = url_for(".post", post_id=post.id) if post else url_for(".new_post")
    known = {
        "tags_known": tags.names(),
        "series_known": series.names(),
        "zones_known": _zones(),
    }
    return {"post": post, "form": form, "action": action, "rendered": rendered, **known}
