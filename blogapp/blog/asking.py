"""What a reader asks for: the filter in a query, the tag in a path."""

from __future__ import annotations

from flask import request

from .. import config, eras, numbers, tags, urls
from ..counting import Number
from ..errors import Missing
from ..filters import Filter
from ..numbers import Known
from ..paging import Cursor


def filter_of_request() -> Filter:
    """Read the filter of this request, its tags by the names that they have now."""
    if not request.query_string:
        return Filter()
    values = request.args
    return Filter.parse(
        values.getlist("tag"),
        without=values.getlist("not"),
        text=" ".join(dict.fromkeys(values.getlist("q"))),
        after=values.get("after", ""),
    ).resolved()


def place_of_request() -> Cursor | None:
    """Read from which place on this request wants a list."""
    return Cursor.parse(request.args.get("after", "")) if request.query_string else None


def is_spelled_otherwise(query: str) -> bool:
    """Whether this request has another query than the canonical one."""
    return request.query_string.decode("latin-1") != query


def tag_named(name: str) -> Known:
    """Find the tag of this name, or that had it once. Raises ``Missing``."""
    return eras.remembered(_tag_named, name)


def _tag_named(name: str) -> Known:
    wish = tags.normalise(name)
    found = numbers.known([wish]).get(wish)
    if found is None and (now := numbers.renamed([wish]).get(wish)):
        found = numbers.known([now]).get(now)
    if found is None:
        raise Missing("No article has this tag. All the tags that there are: /tags/")
    return found


def address(chosen: Filter, number: Number) -> str:
    """The address to name for a list, absolute; none for a tag without a page of its own.

    None for the many combinations either, which nobody need find.
    """
    if not (chosen.narrows or chosen.after):
        return urls.absolute("/")
    if chosen != Filter(chosen.tags) or len(chosen.tags) != 1 or not number.number:
        return ""
    return urls.absolute(urls.tag(chosen.tags[0]))


def title(chosen: Filter, sentence: str) -> str:
    """The title of a list: what it holds, by its *sentence*, and where."""
    site = config.current()
    return f"{sentence} – {site.title}" if chosen.narrows else f"{site.title} – {site.tagline}"
