"""Posts: the list of all, searched and filtered, and what is done to many of them at once."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from ... import bulk, htmx, identity, tags, trash
from ...catalogue import Choice
from ...errors import Invalid
from ...extensions import db
from ...models import MAX_ID
from ...revisions import Hand


def posts() -> ResponseReturnValue:
    """All posts, or those in a state, with a tag, having some words."""
    return _show(Choice.parse(request.args))


def act_on_posts() -> ResponseReturnValue:
    """Do to all posts that are ticked what the pressed button says."""
    form, chosen = request.form, Choice.parse(request.form)
    ids = [int(number) for number in form.getlist("post") if _is_id(number)]
    author = identity.author()
    by = Hand(author_id=author.id if author else None)
    try:
        result = bulk.act(form.get("action", ""), ids, tag=form.get("name", ""), by=by)
    except Invalid as error:
        db.session.rollback()
        return _show(chosen, error.status, problem=error.message, ticked=set(ids))

    db.session.commit()
    flash(result.sentence())
    return redirect(chosen.url, 303)


def _is_id(number: str) -> bool:
    return number.isdecimal() and len(number) <= len(str(MAX_ID)) and int(number) <= MAX_ID


def _show(
    chosen: Choice, status: int = 200, *, problem: str = "", ticked: set[int] | None = None
) -> ResponseReturnValue:
    return htmx.render_page(
        "admin/posts.html",
        "admin/_post_list.html",
        status,
        chosen=chosen,
        page=chosen.page(),
        problem=problem,
        ticked=ticked or set(),
        tags_known=tags.names(),
        deleted_at=trash.deleted_at,
    )
