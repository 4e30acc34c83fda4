"""Revisions: what a post said before; comparing, restoring, dropping what is not saved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ... import comparing, identity, posts, revisions, saving, tags, texts
from ...extensions import db
from ...models import MAX_ID, Post, Revision


def post_revisions(post_id: int) -> ResponseReturnValue:
    """What was saved of a post, the newest first, and what is kept and not saved."""
    post = posts.get(post_id)
    before = min(max(request.args.get("before", MAX_ID, type=int), 0), MAX_ID)
    saved, more = revisions.history(post, before=before)
    return render_template(
        "admin/revisions.html",
        post=post,
        newest=_newest(post),
        kept=_counted(post) if before == MAX_ID else [],
        saved=[(row, _renamed(row, before)) for row, before in zip_longest(saved, saved[1:])],
        older=saved[-1].version if more else None,
    )


def compare_revisions(post_id: int) -> ResponseReturnValue:
    """Two texts of a post, word by word; one that is not named is what is saved now."""
    post = posts.get(post_id)
    before, after = _named(post, "from"), _named(post, "to")
    if before is None and after is not None and after.begun_from:
        old = revisions.at(post, after.begun_from)
    else:
        old = revisions.text(before) if before else texts.of(post)
    new = revisions.text(after) if after else texts.of(post)
    return render_template(
        "admin/comparison.html",
        post=post,
        newest=_newest(post),
        before=before,
        after=after,
        fields=_changed_fields(old, new),
        body=comparing.compare(old.body, new.body),
    )


def restore_revision(post_id: int, revision_id: int) -> ResponseReturnValue:
    """Make a post say again what it said; that is a new revision."""
    author = identity.author()
    by = revisions.Hand(author_id=author.id if author else None, kind="restore")
    saved = saving.restore(posts.get(post_id), revision_id, _shown_at(), by=by)
    db.session.commit()
    before = "What it said before is in its history."
    flash(f"Restored. {before}" if saved.changed else "It says just that.")
    return redirect(url_for(".post", post_id=post_id), 303)


def drop_kept(post_id: int, revision_id: int) -> ResponseReturnValue:
    """Drop a text that was kept and not saved, if it is still as it was shown."""
    post = posts.hold(post_id)
    revisions.drop(revisions.shown(post, revision_id, _shown_at()))
    db.session.commit()
    flash("Dropped. This is what is saved.")
    return redirect(url_for(".post", post_id=post_id), 303)


def _shown_at() -> str:
    """When what is to be dropped or saved had been kept, as its author has seen it."""
    return request.form.get("saved_at", "")


def _counted(post: Post) -> list[tuple[Revision, comparing.Change]]:
    """List what is kept, with the number of words in which it differs from what is saved."""
    return [(each, comparing.change(post.body, each.body)) for each in revisions.kept(post)]


def _newest(post: Post) -> int:
    """Number what is saved now; 0 if it was never changed."""
    newest = revisions.newest(post)
    return (newest.version or 0) if newest else 0


def _named(post: Post, name: str) -> Revision | None:
    number = request.args.get(name, type=int)
    return revisions.get(post, number) if number else None


def _renamed(revision: Revision, before: Revision | None) -> list[str]:
    """Name what else than the text a revision has changed; of the oldest nothing is known."""
    if before is None:
        return []
    names = ("title", "slug", "description", "tags", "minutes", "language", "series")
    return [name for name in names if getattr(revision, name) != getattr(before, name)]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(tags.resolved(names)))


def _changed_fields(old: texts.Text, new: texts.Text) -> list[tuple[str, str, str]]:
    """Name what else differs: label, before, after."""
    fields = [
        ("title", old.title, new.title),
        ("slug", old.slug, new.slug),
        ("description", old.description, new.description),
        ("tags", _listed(old.tags), _listed(new.tags)),
        ("reading time", str(old.minutes or ""), str(new.minutes or "")),
        ("language", old.language or "", new.language or ""),
        ("series", old.series or "", new.series or ""),
    ]
    return [each for each in fields if each[1] != each[2]]
