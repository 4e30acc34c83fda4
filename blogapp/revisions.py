"""Revisions: every text that was saved of a post, and what of one is kept but not saved yet.

A revision is numbered by the version that the post had after it. The first one of a post that was
changed for the first time is what it was before; until then its row in ``posts`` says all.

Text that is *kept* has no number: it is what one opened editor, a *sitting*, has sent by itself,
or what was refused. Readers never see it, and the post knows nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import defer

from . import tags, texts
from .comparing import Change
from .errors import Conflict, Missing
from .extensions import db
from .models import MAX_ID, Post, Revision, utcnow
from .texts import Text

PAGE_SIZE = 50
ADOPTED_FOR = timedelta(days=7)  # that an editor may stay open and go on from what another took
MAX_SITTING = 43  # characters: 32 bytes in base64
MAX_SLUG, MAX_LANGUAGE = 200, 35  # characters that the table holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who writes, in which sitting, and by what (*kind*: save, merge, restore, import)."""

    author_id: int | None = None
    sitting: str | None = None
    kind: str = "save"


NOBODY = Hand()
IS_KEPT = Revision.version.is_(None) & (Revision.kind != "adopted")


def begin(post: Post) -> None:
    """Record *post* as it is before its first change."""
    if newest(post) is None:
        _add(post, texts.of(post), kind="begun", version=post.version, at=post.updated_at)


def record(post: Post, change: Change, *, by: Hand = NOBODY) -> Revision:
    """Record *post*, which has been flushed, as it is after a save with this *change* of words."""
    revision = _add(post, texts.of(post), kind=by.kind, version=post.version, at=utcnow(), by=by)
    revision.added, revision.removed = change.added, change.removed
    db.session.flush()
    return revision


def forget(post: Post, by: Hand) -> None:
    """Drop what a sitting has kept of *post*, for it has saved since."""
    if by.sitting is None:
        return
    own = (Revision.post_id == post.id, Revision.sitting == by.sitting)
    db.session.execute(sa.delete(Revision).where(*own, Revision.version.is_(None)))


def keep(post: Post, text: Text, *, begun_from: int, by: Hand) -> Revision | None:
    """Keep *text*, which began from a version of *post*, until its sitting saves; flushes.

    None if there is nothing to keep: it is what *post* says. What the table can not hold of the
    fields beside the body is cut or left out. Call it while the post is held. Words are not
    counted: *begun_from* alone says what it is to be compared with; 0 is none of its versions.
    """
    if by.sitting is None:
        return None
    text = _fitting(text)
    if _words(text) == _words(texts.of(post)) and text.slug in {"", post.slug}:
        if (found := _kept_in(post, by.sitting)) is not None:
            drop(found)
        return None
    if (revision := _kept_in(post, by.sitting)) is None:
        revision = _add(post, text, kind="autosave", version=None, at=utcnow(), by=by)
    else:
        _write(revision, text)
        revision.saved_at, revision.author_id = utcnow(), by.author_id
    revision.begun_from = begun_from
    db.session.flush()
    return revision


def adopt(revision_id: int, saved_at: datetime, post: Post, by: Hand) -> None:
    """Let what another sitting kept belong to this one, which was filled from it.

    If that sitting has gone on since, it stays with it. Else it is kept no more, and only noted as
    *adopted*: what that sitting sends next has gone on from it.
    """
    as_read = (Revision.id == revision_id, Revision.saved_at == saved_at)
    others = (Revision.post_id == post.id, Revision.sitting != by.sitting)
    found = db.session.scalar(sa.select(Revision).where(*as_read, *others, IS_KEPT))
    if found is not None:
        _drop_adopted(post, Revision.sitting == found.sitting)
        _drop_adopted(post, Revision.saved_at < utcnow() - ADOPTED_FOR)
        found.kind = "adopted"
        db.session.flush()


def adopted(post: Post, sitting: str | None) -> Revision | None:
    """Find what a sitting has kept of *post* that another one was filled with and has saved."""
    noted = (Revision.post_id == post.id, Revision.sitting == sitting, Revision.kind == "adopted")
    return db.session.scalar(sa.select(Revision).where(*noted))


def kept(post: Post) -> list[Revision]:
    """List the texts that are kept and not saved, the newest first."""
    query = sa.select(Revision).where(Revision.post_id == post.id, IS_KEPT)
    return list(db.session.scalars(query.order_by(Revision.saved_at.desc(), Revision.id.desc())))


def drop(revision: Revision) -> None:
    """Drop a text that is kept; what was saved can not be dropped. Raises ``Missing``."""
    if revision.version is not None:
        raise Missing("What was saved stays. Only text that is not saved can be dropped.")
    db.session.delete(revision)
    db.session.flush()


def shown(post: Post, revision_id: int, saved_at: str) -> Revision:
    """Find a revision of *post* that was shown as it was at *saved_at* (ISO 8601).

    Raises ``Missing``; ``Conflict`` if it is text that is kept, and has gone on since.
    """
    revision = get(post, revision_id)
    db.session.refresh(revision)
    if revision.version is None and revision.saved_at.isoformat() != saved_at:
        raise Conflict(
            "This text was written on since you looked at it, in an editor that is still open. "
            "Nothing was changed. Look at it as it is now, then decide once more: "
            f"/admin/posts/{post.id}/revisions"
        )
    return revision


def newest(post: Post) -> Revision | None:
    """Find the last revision that was saved of *post*."""
    return db.session.scalar(_saved(post).limit(1))


def at(post: Post, version: int) -> Text:
    """Read what *post* said at a *version*, from which a text may have begun.

    Between revisions only what is not text changes, such as the moment of publication.
    """
    before = db.session.scalar(_saved(post).where(Revision.version <= version).limit(1))
    if before is not None:
        return text(before)
    first = db.session.scalar(_saved(post).order_by(None).order_by(Revision.version).limit(1))
    return text(first) if first is not None else texts.of(post)


def made_by(post: Post, kind: str) -> Revision | None:
    """Find the last revision of *post* that was made in this way."""
    return db.session.scalar(_saved(post).where(Revision.kind == kind).limit(1))


def post_of(sitting: str | None) -> int | None:
    """Find the id of the post that a sitting has written."""
    if not sitting:
        return None
    return db.session.scalar(
        sa.select(Revision.post_id).where(Revision.sitting == sitting).limit(1)
    )


def drafted_in(post: Post, sitting: str | None) -> int:
    """Find the version of *post* that is the draft which a sitting's autosave has begun.

    0 if there is none, or if the sitting has saved since: then the draft is what was saved.
    """
    last = db.session.scalar(_saved(post).where(Revision.sitting == sitting).limit(1))
    return last.version or 0 if last and last.kind == "autosave" else 0


def saved_in(post: Post, sitting: str, *, merges: bool = True) -> int:
    """Find the last version of *post* that a sitting has saved; 0 if there is none.

    Without *merges*, the last that it has written alone.
    """
    saved = _saved(post).where(Revision.sitting == sitting)
    if not merges:
        saved = saved.where(Revision.kind != "merge")
    last = db.session.scalar(saved.limit(1))
    return last.version or 0 if last else 0


def get(post: Post, revision_id: int) -> Revision:
    """Find a revision of *post*; raises ``Missing``."""
    revision = db.session.get(Revision, revision_id) if 0 < revision_id <= MAX_ID else None
    if revision is None or revision.post_id != post.id:
        raise Missing("There is no such revision. It may have been saved or dropped since.")
    return revision


def history(post: Post, *, before: int = MAX_ID) -> tuple[list[Revision], bool]:
    """List what was saved of *post* before a version, the newest first; and whether more is."""
    query = _saved(post).where(Revision.version < before).options(defer(Revision.body))
    rows = list(db.session.scalars(query.limit(PAGE_SIZE + 1)))
    return rows[:PAGE_SIZE], len(rows) > PAGE_SIZE


def text(revision: Revision) -> Text:
    """Read the text of a revision."""
    return Text(
        title=revision.title,
        slug=revision.slug,
        description=revision.description,
        body=revision.body,
        tags=tuple(revision.tags),
        minutes=revision.minutes,
        language=revision.language,
        series=revision.series,
    )


def restored(post: Post, revision: Revision) -> Text:
    """Read the text of a revision to be that of *post* again, whose address stays."""
    return replace(text(revision), slug=post.slug)


def _saved(post: Post) -> sa.Select[Revision]:
    saved = (Revision.post_id == post.id, Revision.version.is_not(None))
    return sa.select(Revision).where(*saved).order_by(Revision.version.desc())


def _kept_in(post: Post, sitting: str) -> Revision | None:
    own = (Revision.post_id == post.id, Revision.sitting == sitting)
    return db.session.scalar(sa.select(Revision).where(*own, IS_KEPT))


def _drop_adopted(post: Post, which: sa.ColumnElement[bool]) -> None:
    noted = (Revision.post_id == post.id, Revision.kind == "adopted")
    db.session.execute(sa.delete(Revision).where(*noted, which))


def _fitting(text: Text) -> Text:
    """Cut or leave out what the table can not hold; what is merely wrong stays as it was typed."""
    language = texts.line(text.language or "")
    return replace(
        text,
        slug=texts.line(text.slug)[:MAX_SLUG],
        series=texts.line(text.series or "")[: texts.MAX_SERIES] or None,
        language=language if 0 < len(language) <= MAX_LANGUAGE else None,
        minutes=text.minutes if abs(text.minutes or 0) <= MAX_ID else None,
    )


def _add(
    post: Post, text: Text, *, kind: str, version: int | None, at: datetime, by: Hand = NOBODY
) -> Revision:
    revision = Revision(
        post_id=post.id,
        version=version,
        kind=kind,
        sitting=by.sitting,
        author_id=by.author_id,
        saved_at=at,
    )
    _write(revision, text)
    db.session.add(revision)
    return revision


def _write(revision: Revision, text: Text) -> None:
    revision.title, revision.slug = texts.line(text.title), text.slug
    revision.description, revision.tags = texts.line(text.description), list(text.tags)
    revision.minutes, revision.language = text.minutes, text.language
    revision.series, revision.body = text.series, texts.normalise(text.body)


def _words(text: Text) -> tuple[object, ...]:
    """What of a text is worth keeping, but for the slug: an empty one is that which is there."""
    return (
        *(texts.line(text.title), texts.line(text.description), texts.normalise(text.body)),
        *(sorted(tags.resolved(text.tags)), text.minutes, text.language or None),
        texts.line(text.series or "") or None,
    )
