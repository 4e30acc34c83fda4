"""Feeds: Atom (RFC 4287) and JSON Feed 1.1, with full texts and absolute links."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import config, languages, markdown, urls
from .models import Post

SIZE = 20  # entries
_ATOM = "http://www.w3.org/2005/Atom"
# Characters that XML 1.0 (2.2) has no place for.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed holds, and the paths of itself and of the page it stands for."""

    title: str
    path: str
    page: str
    articles: Sequence[Post]


def atom(feed: Feed) -> bytes:
    """Write *feed* as Atom."""
    settings = config.current()
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": settings.language})
    _add(root, "title", feed.title)
    _add(root, "subtitle", settings.tagline)
    _add(root, "id", urls.absolute(feed.path))
    _add(root, "updated", _stamp(_updated(feed.articles)))
    _link(root, "self", feed.path, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    _add(ET.SubElement(root, "author"), "name", settings.author)
    for post in feed.articles:
        _add_entry(root, post)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def json_feed(feed: Feed) -> dict[str, Any]:
    """Write *feed* as the content of a JSON Feed (jsonfeed.org/version/1.1)."""
    settings = config.current()
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": settings.tagline,
        "home_page_url": urls.absolute(feed.page),
        "feed_url": urls.absolute(feed.path),
        "language": settings.language,
        "authors": [{"name": settings.author}],
        "items": [_item(post) for post in feed.articles],
    }


def _add_entry(root: ET.Element, post: Post) -> None:
    entry = ET.SubElement(root, "entry", {"xml:lang": post.language} if post.language else {})
    _add(entry, "title", post.title)
    _add(entry, "id", f"urn:uuid:{post.uid}")
    _link(entry, "alternate", urls.article(post), "text/html")
    _add(entry, "published", _stamp(post.published_at))
    _add(entry, "updated", _stamp(_changed(post)))
    for tag in post.tags:
        ET.SubElement(entry, "category", {"term": tag.name})
    if post.description:
        _add(entry, "summary", post.description)
    content = _add(entry, "content", _full_text(post))
    content.set("type", "html")


def _item(post: Post) -> dict[str, Any]:
    item = {
        "id": f"urn:uuid:{post.uid}",
        "url": urls.absolute(urls.article(post)),
        "title": post.title,
        "content_html": _full_text(post),
        "date_published": _stamp(post.published_at),
        "date_modified": _stamp(_changed(post)),
        "tags": [tag.name for tag in post.tags],
    }
    if post.description:
        item["summary"] = post.description
    if post.language:
        item["language"] = post.language
    return item


def _full_text(post: Post) -> str:
    text = str(markdown.absolute(post.body_html, urls.absolute(urls.article(post))))
    if post.language and languages.direction(post.language) == "rtl":
        return f'<div lang="{post.language}" dir="rtl">{text}</div>'  # feeds cannot say it
    return text


def _changed(post: Post) -> datetime | None:
    return post.updated_at if post.changed_after_publication else post.published_at


def _updated(articles: Sequence[Post]) -> datetime:
    """When the feed last changed; an empty one has not since the beginning of time."""
    changes = [changed for changed in map(_changed, articles) if changed]
    return max(changes, default=datetime(1970, 1, 1, tzinfo=UTC))


def _stamp(moment: datetime | None) -> str:
    """Write a moment as RFC 3339 wants it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = _ILLEGAL.sub("\ufffd", text)
    return element


def _link(parent: ET.Element, rel: str, path: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "href": urls.absolute(path), "type": kind})
