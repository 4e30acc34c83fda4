"""Where links lead: into this blog they must find a page, and an anchor on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from .. import config, slugs, texts
from ..markdown import outline
from ..markdown.surveyed import LONGEST_URL, Image, Link, Survey
from ..models import Post, utcnow
from ..texts import Text
from .directory import Directory, ids_in
from .finding import Finding, in_body, quoted

MOST = 500  # links into this blog that are followed

_LONGEST = 200  # characters of an anchor that may be another spelling of one
# What static/js/upload.js writes where an image that is on its way will stand.
_ON_ITS_WAY = re.compile(r"!\[uploading [^\[\]]* …\]\(\)")
_EVERYWHERE = frozenset({"", "top", "main", "contact"})  # on the page of every article


class Lead(NamedTuple):
    """Where a link leads in this blog: the *path* is unescaped, and so is the *anchor*."""

    line: int
    url: str
    path: str
    anchor: str
    shows: bool  # an image


def check(
    survey: Survey, text: Text, post: Post | None, *, html: str | None, at: datetime | None
) -> Iterator[Finding]:
    """Find links and images that lead nowhere in this blog when *text* is published.

    That is *at* a moment (aware), or when *post* is, or now. *html*, what the text was rendered
    to, has the ids of its own anchors.
    """
    yield from _without_address(survey, texts.normalise(text.body).split("\n"))
    own = f"/blog/{slugs.make(text.slug or (post.slug if post else '') or text.title)}"
    leads = list(_leads(survey, own))[:MOST]
    own_ids = None if html is None else ids_in(html)
    others = [(lead.path, lead.anchor) for lead in leads if lead.path != own]
    directory = Directory(others, text.tags, max(at or _date(post), utcnow()))
    for lead in leads:
        if lead.path == own:
            message = _no_anchor(lead, own_ids)
        else:
            message = directory.trouble(lead.path, shows=lead.shows) or _no_anchor(
                lead, directory.ids(lead.path)
            )
        if message:
            yield in_body(lead.line, "link", f"{quoted(lead.url)}: {message}")


def _without_address(survey: Survey, lines: list[str]) -> Iterator[Finding]:
    for each in _addresses(survey):
        if each.url.strip():
            continue
        if isinstance(each, Image) and _ON_ITS_WAY.search(lines[each.line - 1]):
            message = (
                "No image has arrived here. If none is on its way, upload it again or delete "
                "this mark: readers would see it."
            )
        else:
            message = (
                "There is no address in this link. Write where it leads between the brackets."
            )
        yield in_body(each.line, "link", message)


def _addresses(survey: Survey) -> list[Link | Image]:
    return [*survey.links, *survey.images]


def _date(post: Post | None) -> datetime:
    return (post and (post.published_at or post.planned_at)) or utcnow()


def _leads(survey: Survey, own: str) -> Iterator[Lead]:
    """List where the links and images of the article at *own* lead in this blog."""
    home = config.current().url
    for each in _addresses(survey):
        if not 0 < len(each.url) < LONGEST_URL:
            continue
        try:
            parts = urlsplit(urljoin(f"{home}{own}", each.url.strip()))
        except ValueError:  # no address at all
            continue
        if parts.scheme in {"http", "https"} and parts.netloc == urlsplit(home).netloc:
            anchor = unquote(parts.fragment.partition(":~:")[0])
            yield Lead(
                each.line,
                each.url,
                unquote(parts.path).rstrip("/"),
                anchor,
                isinstance(each, Image),
            )


def _no_anchor(lead: Lead, ids: frozenset[str] | None) -> str:
    """Say what is wrong with an anchor, if it is known which there are."""
    if ids is None or lead.anchor in ids or lead.anchor in _EVERYWHERE:
        return ""
    made = outline.slug(lead.anchor[:_LONGEST])
    meant = next((name for name in (made, f"{made}-1") if name in ids), "")
    hint = f"Write #{meant}." if meant else "The link beside a heading has its address."
    return f"no heading there has this address. {hint}"
