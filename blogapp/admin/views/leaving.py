"""Leaving: buttons below an editor that lead away from it; what is typed there is kept."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ... import duplicates, htmx, posts, saving, shelves
from ...extensions import db
from ...models import Post
from ...security import keeps_text
from ..forms import PostForm
from . import editor


@keeps_text
def trash_post(post_id: int) -> ResponseReturnValue:
    """Move a post to the trash."""
    form, post = PostForm(), posts.get(post_id)
    form.validate()
    if form.notice:
        return editor.show(post, form, 422)
    _keep(post, form)
    shelves.to_trash(posts.hold(post_id))
    db.session.commit()
    return _lead_to(post)


@keeps_text
def duplicate_post(post_id: int) -> ResponseReturnValue:
    """Begin a new draft with what a post says."""
    form, post = PostForm(), posts.get(post_id)
    form.validate()
    if form.notice:
        return editor.show(post, form, 422)
    by = editor.hand(form)
    kept = _keep(post, form)
    copy = duplicates.make(post, by=replace(by, sitting=None))
    db.session.commit()
    rest = " What you had not saved is kept with the post that it was typed in." if kept else ""
    flash(f"This is the copy: a draft of its own.{rest}")
    return _lead_to(copy)


def _keep(post: Post, form: PostForm) -> bool:
    """Keep what was typed, without saving it; tells whether there is anything."""
    if "body" not in request.form:
        return False
    editor.expect_own()
    by = editor.hand(form)
    _, kept = saving.keep(post, form.text(), begun_from=form.begun_from(), by=by)
    if kept is not None:
        editor.adopt(post, form)
    return kept is not None


def _lead_to(post: Post) -> ResponseReturnValue:
    """Lead to another editor; htmx as well shall load it whole, for this one is left."""
    address = url_for(".post", post_id=post.id)
    if htmx.wants_partial():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)
