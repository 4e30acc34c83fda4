"""Storing: what was read of a file, its links led and its text rendered, made a post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from ... import addresses, batches, languages, markdown, posts, revisions, texts, turns
from ...extensions import db
from ...models import Post, utcnow
from ..found import Note, SourcePost
from ..rewriting.rewriting import Rewritten
from . import changes
from .plans import Plan

_IMPORT = revisions.Hand(kind="import")
_MERGE = revisions.Hand(kind="merge")
_MERGED = "it was changed here, too: both changes are in the post now"
_CHANGED_HERE = "it was changed here since its import, so the file was not taken"


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # changed here since its import: ours stays
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """The report of one file: its outcome, the post, and what the author should know."""

    path: str
    outcome: Outcome
    slug: str = ""
    state: str = ""
    reason: str = ""
    line: int | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Merger:
    """A text made of the file's and of what an author has made of its post here."""

    text: texts.Text
    rendered: Future[markdown.Rendered]


@dataclass(frozen=True, slots=True)
class Work:
    """A post on its way into the database; its HTML may still be in the making.

    *addresses* are the old URLs that are to lead to it. *version* is that of the post when it
    was compared, *linked* sums up where its addresses and links lead. With a *merger* the post
    says that in the end, and its history what the file says.
    """

    plan: Plan
    found: SourcePost
    rewritten: Rewritten
    addresses: tuple[str, ...]
    linked: str
    notes: tuple[Note, ...]
    version: int | None
    rendered: Future[markdown.Rendered]
    merger: Merger | None = None


def unchanged(plan: Plan, *notes: Note) -> Result:
    """Report a post that is what its file says."""
    state = Post(published_at=plan.published_at).state()
    return Result(plan.path, Outcome.UNCHANGED, plan.slug, state, notes=notes)


def kept(plan: Plan, post: Post, notes: tuple[Note, ...], reason: str = _CHANGED_HERE) -> Result:
    """Report a post that an author has changed here, so that its file was not taken."""
    return Result(plan.path, Outcome.KEPT, post.slug, post.state(), reason, notes=notes)


def relocate(plans: Iterable[Plan]) -> None:
    """Know the files of unchanged posts by where they lie now."""
    for plan in plans:  # not by the session: that would count as a change of the post
        moved = sa.update(Post).where(Post.id == plan.post_id).values(source=plan.source)
        db.session.execute(moved)


def rehearse(work: Work) -> Result:
    """Tell what ``store`` would do."""
    published_at = None if work.found.draft else work.found.published_at
    state = Post(published_at=published_at).state()
    outcome = Outcome.UPDATED if work.plan.post_id else Outcome.ADDED
    return Result(work.plan.path, outcome, work.plan.slug, state, notes=_notes(work))


def begin(works: Sequence[Work]) -> list[batches.Begun]:
    """Begin the new posts among these, before others have to wait; raises as ``store`` does."""
    return batches.begin([_new(work) for work in works if work.plan.post_id is None])


def store(works: Sequence[Work], begun: Sequence[batches.Begun]) -> list[Result]:
    """Add or revise the posts; flushes. Raises what ``posts.revise`` does.

    The new ones among them were *begun*.
    """
    turns.hold([work.plan.post_id for work in works if work.plan.post_id is not None])
    new = [work for work in works if work.plan.post_id is None]
    made = dict(zip((work.plan.path for work in new), _add(new, begun), strict=True))
    results, stored = [], []
    for work in works:
        post = made.get(work.plan.path) or _revised(work)
        if post is None:
            before = db.session.get_one(Post, work.plan.post_id)
            results.append(kept(work.plan, before, work.notes))
            continue
        stored.append((post, work.addresses))
        outcome = Outcome.ADDED if work.plan.post_id is None else Outcome.UPDATED
        results.append(
            Result(work.plan.path, outcome, post.slug, post.state(), notes=_notes(work))
        )
    addresses.keep(stored)
    return results


def _add(works: Sequence[Work], begun: Sequence[batches.Begun]) -> list[Post]:
    made = batches.make(begun)
    for post, work in zip(made, works, strict=True):
        _sign(post, work)
    batches.store(made, begun)
    return made


def _new(work: Work) -> batches.New:
    found, rendered = work.found, work.rendered.result()
    if found.draft or not found.published_at:
        return batches.New(text=said(work), rendered=rendered)
    return batches.New(
        text=said(work),
        rendered=rendered,
        shelf="unlisted" if found.unlisted else "listed",
        published_at=found.published_at,
        updated_at=found.updated_at,
    )


def _revised(work: Work) -> Post | None:
    """Revise the post of a file; None if an author has changed it meanwhile."""
    found = work.found
    post = db.session.get_one(Post, work.plan.post_id, populate_existing=True)
    if post.version != work.version:
        return None
    before = (post.title, post.description, post.body)
    changed_at, was_readable = post.updated_at, post.state() == "published"
    posts.revise(post, said(work), rendered=work.rendered.result(), by=_IMPORT)
    if before != (post.title, post.description, post.body):
        changed_at = utcnow()
    if found.published_at and not found.draft:
        posts.publish(post, found.published_at)
        post.created_at = min(post.created_at, found.published_at)
        changed_at = changed_at if was_readable else min(changed_at, found.published_at)
        post.updated_at = batches.updated(found.updated_at or changed_at, found.published_at)
    elif post.published_at:
        posts.unpublish(post)
    _sign(post, work)
    if work.merger:
        posts.revise(post, work.merger.text, rendered=work.merger.rendered.result(), by=_MERGE)
    db.session.flush()
    return post


def _sign(post: Post, work: Work) -> None:
    """Note what *post* was made of, so that the next import can compare."""
    post.source, post.source_digest = work.plan.source, work.plan.digest
    post.linked_digest = work.linked
    post.imported_tags = [tag.name for tag in post.tags]
    post.imported_digest = changes.digest(post)


def said(work: Work) -> texts.Text:
    """Read what a file says, as the text of its post."""
    found = work.found
    return texts.Text(
        title=found.title,
        slug=work.plan.slug,
        description=found.description,
        body=work.rewritten.body,
        tags=found.tags,
        minutes=found.minutes,
        language=languages.normalise(found.language or ""),
        series=found.series,
    )


def _notes(work: Work) -> tuple[Note, ...]:
    notice = work.rendered.result().notice
    merged = (Note(_MERGED),) if work.merger else ()
    return (*work.notes, *merged, Note(notice)) if notice else (*work.notes, *merged)
