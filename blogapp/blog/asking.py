"""What a reader asks for: the filter in a query, the tag in a path."""

from __future__ import annotations

from flask import request

from .. import config, posts, tags
from ..errors import Missing
from ..filters import Filter
from ..models import Tag


def filter_of_request() -> Filter:
    """Read the filter of this request, its tags by the names that they have now."""
    values = request.args
    return Filter.parse(
        values.getlist("tag"),
        without=values.getlist("not"),
        text=" ".join(dict.fromkeys(values.getlist("q"))),
        after=values.get("after", ""),
    ).resolved()


def is_spelled_otherwise(query: str) -> bool:
    """Whether this request has another query than the canonical one."""
    return request.query_string.decode("latin-1") != query


def tag_named(name: str) -> Tag:
    """Find the tag of this name, or that had it once. Raises ``Missing``."""
    now = tags.resolved([name])
    found = tags.find(now[0], posts.ids(posts.published())) if now else None
    if found is None:
        raise Missing("No article has this tag. All the tags that there are: /tags/")
    return found


def title(chosen: Filter, number: int) -> str:
    """The title of a list: what it holds, and where."""
    site = config.current()
    if chosen.narrows:
        return f"{chosen.sentence(number)} – {site.title}"
    return f"{site.title} – {site.tagline}"
