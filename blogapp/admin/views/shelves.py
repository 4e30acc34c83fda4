"""Shelves: a post back from the trash, or deleted for good; listed or not."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ... import htmx, posts, shelves, trash
from ...errors import Missing
from ...extensions import db
from ...models import Post
from ..forms import PostForm


def restore_post(post_id: int) -> ResponseReturnValue:
    """Bring a post back from the trash."""
    shelves.restore(posts.hold(post_id))
    db.session.commit()
    flash("Restored, as it was.")
    return redirect(url_for(".post", post_id=post_id), 303)


def confirm_delete(post_id: int) -> ResponseReturnValue:
    """Ask whether a post that is in the trash is to be deleted for good."""
    return render_template("admin/delete.html", post=_trashed(posts.get(post_id)))


def delete_post(post_id: int) -> ResponseReturnValue:
    """Delete a post for good."""
    post = _trashed(posts.hold(post_id))
    title = post.title
    shelves.delete(post)
    db.session.commit()
    flash(f"“{title[:100]}” is deleted for good.")
    return redirect(url_for(".posts", state="trash"), 303)


def shelve(post: Post, form: PostForm) -> str:
    """Let everybody find *post*, or only who has its address, as the editor says.

    Returns what to tell the author, if that is new.
    """
    shelf = form.new_shelf()
    if shelf is None:
        return ""
    shelves.put(post, shelf)
    if shelf == "unlisted":
        return "Unlisted: no list, feed or search has it, only its address shows it."
    return "Listed: everybody can find it."


def show_trashed(post: Post) -> ResponseReturnValue:
    """Show of a post in the trash until when it can be restored."""
    return htmx.render_page(
        "admin/trashed.html",
        "admin/_trashed_post.html",
        post=post,
        deleted_at=trash.deleted_at(post),
    )


def _trashed(post: Post) -> Post:
    if post.shelf != "trash":
        raise Missing("This post is not in the trash: only from there can it be deleted for good.")
    return post
