"""What a reader asks for: the filter in a query, the tag in a path."""

from __future__ import annotations

from flask import request

from .. import config, numbers, tags, urls
from ..counting import Number
from ..errors import Missing
from ..filters import Filter
from ..numbers import Known


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


def tag_named(name: str) -> Known:
    """Find the tag of this name, or that had it once. Raises ``Missing``."""
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


def title(chosen: Filter, number: Number) -> str:
    """The title of a list: what it holds, and where."""
    site = config.current()
    if chosen.narrows:
        return f"{chosen.sentence(number.number, is_all=number.is_all)} – {site.title}"
    return f"{site.title} – {site.tagline}"
