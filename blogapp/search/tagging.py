"""Tagging: which tags the articles have that a search has found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import sqlalchemy as sa

from ..extensions import db
from ..models import Tag, post_tags
from ..prepared import Prepared, given


def of(ids: Iterable[int]) -> dict[int, list[str]]:
    """List the names of the tags of each of these posts, in their order."""
    names = defaultdict[int, list[str]](list)
    for post_id, name in _of_ids(db.engine.dialect.name).all(ids=str(sorted(ids))):
        names[post_id].append(name)
    return {post_id: sorted(found) for post_id, found in names.items()}


@lru_cache
def _of_ids(dialect: str) -> Prepared:
    """Prepare to read what some posts have, given as a list in JSON."""
    ids = given("ids", sa.Text)
    if dialect == "sqlite":
        each = sa.select(sa.func.json_each(ids).table_valued("value").c.value)
    else:
        # The column has this name whatever it is called: another would be one of the tags.
        texts = sa.func.json_array_elements_text(sa.cast(ids, sa.JSON)).column_valued("value")
        each = sa.select(sa.cast(texts, sa.Integer))
    query = sa.select(post_tags.c.post_id, Tag.name).join(Tag, Tag.id == post_tags.c.tag_id)
    return Prepared(query.where(post_tags.c.post_id.in_(each)))
