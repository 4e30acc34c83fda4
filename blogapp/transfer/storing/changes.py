"""Changes: whether a post is still what its import made of it, and what that was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from ... import revisions, saving, tags, texts
from ...models import Post
from ...texts import Text


def made_here(post: Post) -> bool:
    """Tell whether an author has changed *post* since its import."""
    return post.imported_digest != digest(post)


def digest(post: Post) -> str:
    """Sum up what an author can change in a post."""
    return _summed(texts.of(post), post.published_at, post.imported_tags or [])


def merged(post: Post, file: Text) -> tuple[Text, tuple[str, ...]] | None:
    """Merge what a *file* says now with what was made of *post* here since its import.

    Returns the text, and which fields overlap. None if what the import made of it is not known
    any more: its moment was changed here, too, or it came before there was a history.
    """
    came = post.imported_tags or []
    for base in _imported(post):
        if _summed(base, post.published_at, came) == post.imported_digest:
            return saving.merge(base, file, texts.of(post))
    return None


def _imported(post: Post) -> Iterator[Text]:
    """Read what may have been made by the last import: its revision, or the first of all."""
    for kind in ("import", "begun"):
        if revision := revisions.made_by(post, kind):
            yield revisions.text(revision)


def _summed(text: Text, published_at: datetime | None, came: Sequence[str]) -> str:
    values: dict[str, object] = {
        "slug": text.slug,
        "title": text.title,
        "description": text.description,
        "body": text.body,
        "minutes_by_author": text.minutes,
        "published_at": published_at,
    }
    # Posts without these are summed up as they always were.
    values |= {name: said for name in ("language", "series") if (said := getattr(text, name))}
    values["tags"] = _names_at_import(list(text.tags), came)
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()


def _names_at_import(now: list[str], came: Sequence[str]) -> list[str]:
    """List tags by the names that they *came* with, if only those have changed."""
    if list(came) == now:
        return now
    same = sorted(tags.resolved(came)) == sorted(tags.resolved(now))
    return list(came) if same else now
