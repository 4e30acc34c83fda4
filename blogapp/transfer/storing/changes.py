"""Changes: whether a post is still what its import made of it."""

from __future__ import annotations

import hashlib
import json

from ... import tags
from ...models import Post

_COLUMNS = ("slug", "title", "description", "body", "minutes_by_author", "published_at")
_LATER_COLUMNS = ("language", "series")  # posts without them are summed up as they always were


def made_here(post: Post) -> bool:
    """Tell whether an author has changed *post* since its import."""
    return post.imported_digest != digest(post)


def digest(post: Post) -> str:
    """Sum up what an author can change in a post."""
    columns = {name: getattr(post, name) for name in _COLUMNS}
    columns |= {name: value for name in _LATER_COLUMNS if (value := getattr(post, name))}
    values = {**columns, "tags": _names_at_import(post)}
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()


def _names_at_import(post: Post) -> list[str]:
    """List the tags of *post*; by the names that they came with, if only those have changed."""
    now = [tag.name for tag in post.tags]
    came = post.imported_tags or []
    if came == now:
        return now
    return came if sorted(tags.resolved(came)) == now else now
