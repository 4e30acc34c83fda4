"""Preview links of a post: made, listed, taken back."""

from __future__ import annotations

from flask import flash, get_flashed_messages, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ... import posts, urls
from ... import previews as core
from ...errors import Invalid
from ...extensions import db
from ...models import utcnow


def previews(post_id: int) -> ResponseReturnValue:
    """The preview links of a post; the address of a new one only right after it was made."""
    return _show(post_id)


def make_preview(post_id: int) -> ResponseReturnValue:
    """Make a preview link."""
    days = request.form.get("days", 0, type=int)
    try:
        _, token = core.make(posts.hold(post_id), days)
    except Invalid as error:
        db.session.rollback()
        return _show(post_id, error.status, problem=error.message)
    db.session.commit()
    flash(urls.absolute(url_for("blog.preview", token=token)), "preview")
    return redirect(url_for(".previews", post_id=post_id), 303)


def revoke_preview(post_id: int, link_id: int) -> ResponseReturnValue:
    """Take a preview link back."""
    core.revoke(posts.get(post_id), link_id)
    db.session.commit()
    flash("Taken back: this link shows nothing any more.")
    return redirect(url_for(".previews", post_id=post_id), 303)


def _show(post_id: int, status: int = 200, problem: str = "") -> ResponseReturnValue:
    post = posts.get(post_id)
    html = render_template(
        "admin/previews.html",
        post=post,
        links=core.of(post),
        days=core.DAYS,
        now=utcnow(),
        made=get_flashed_messages(category_filter=["preview"]),
        said=get_flashed_messages(category_filter=["message"]),
        problem=problem,
    )
    return html, status
