"""Histories: revisions, preview links and addresses that are gone, brought back.

What is here already stays, as in ``restoring``.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import sqlalchemy as sa

from ...extensions import db
from ...models import Author, Gone, Post, PreviewLink, Revision
from ..storing.storing import Outcome
from .restoring import Said, ids_of, values_of
from .rows import GoneRow, PreviewRow, RevisionRow

_REVISION = {column.name for column in Revision.__table__.columns} - {"id", "post_id", "author_id"}


def revisions(
    rows: Sequence[RevisionRow], same: set[str], coming: Container[str] = ()
) -> list[Said]:
    """Bring in what posts said before, and what is kept and not saved of them.

    That is for the posts with the uids *same*, which are here what they are in the export: where
    one has gone on, its versions are others, and what was kept may have been saved or dropped.
    What of them turns out to have another history is taken out. In a rehearsal the posts with
    the uids *coming* are as good as here.
    """
    posts = _posts(row.post for row in rows)
    names = {row.author for row in rows if row.author}
    authors = ids_of(Author.name, names)
    known = _known([post.id for post in posts.values()])
    said: list[Said] = []
    for row in rows:
        post = posts.get(row.post)
        if post is None:
            said.append((Outcome.ADDED if row.post in coming else Outcome.SKIPPED, ""))
            continue
        here = known.get((post.id, row.version, None if row.version else row.sitting))
        if here is not None and (row.version is None or here == (row.title, row.body)):
            said.append((Outcome.UNCHANGED, ""))
        elif here is not None or row.post not in same or (row.version or 0) > post.version:
            same.discard(row.post)
            said.append((Outcome.SKIPPED, "" if row.version else _left(row)))
        else:
            values = values_of(row, _REVISION) | {"tags": list(row.tags)}
            author_id = authors.get(row.author)
            db.session.add(Revision(post_id=post.id, author_id=author_id, **values))
            said.append((Outcome.ADDED, ""))
    db.session.flush()
    return said


def previews(rows: Sequence[PreviewRow], coming: Container[str] = ()) -> list[Said]:
    """Let secret addresses of posts lead to them again, as long as they would have."""
    posts = _posts(row.post for row in rows)
    known = ids_of(PreviewLink.token_hash, [row.token_hash for row in rows])
    said = []
    for row in rows:
        post = posts.get(row.post)
        if row.token_hash in known:
            said.append((Outcome.UNCHANGED, ""))
        elif post is None:
            is_coming = row.post in coming
            said.append((Outcome.ADDED if is_coming else Outcome.SKIPPED, ""))
        else:
            columns = values_of(row, ["token_hash", "created_at", "expires_at"])
            db.session.add(PreviewLink(post_id=post.id, **columns))
            said.append((Outcome.ADDED, ""))
    db.session.flush()
    return said


def gone(rows: Sequence[GoneRow]) -> list[Said]:
    """Remember the addresses of posts that were deleted for good."""
    paths = [row.path for row in rows]
    known = set(db.session.scalars(sa.select(Gone.path).where(Gone.path.in_(paths))))
    new = [row for row in rows if row.path not in known]
    db.session.add_all(Gone(path=row.path, gone_at=row.gone_at) for row in new)
    db.session.flush()
    return [(Outcome.UNCHANGED if row.path in known else Outcome.ADDED, "") for row in rows]


def _posts(uids: Iterable[str]) -> dict[str, sa.Row[str, int, int]]:
    query = sa.select(Post.uid, Post.id, Post.version).where(Post.uid.in_({*uids}))
    return {post.uid: post for post in db.session.execute(query)}


def _known(
    ids: Sequence[int],
) -> dict[tuple[int, int | None, str | None], tuple[str, str]]:
    """Find the revisions of posts, by version, or those without by their sitting: their words."""
    sitting = sa.case((Revision.version.is_(None), Revision.sitting))
    query = sa.select(Revision.post_id, Revision.version, sitting, Revision.title, Revision.body)
    found = db.session.execute(query.where(Revision.post_id.in_(ids)))
    return {(id_, version, kept_by): (title, body) for id_, version, kept_by, title, body in found}


def _left(row: RevisionRow) -> str:
    return (
        f"a text of “{row.title}” that was kept and not saved stays in the export: the post has "
        "gone on here"
    )
