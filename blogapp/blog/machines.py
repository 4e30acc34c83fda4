"""What machines read: feeds, the sitemap, robots.txt, and whether the blog is well."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, jsonify, redirect
from flask.typing import ResponseReturnValue

from .. import (
    config,
    counting,
    deliveries,
    feeds,
    filters,
    health,
    listing,
    pagecache,
    sitemaps,
    urls,
)
from ..errors import Missing
from . import asking


@pagecache.cacheable()
def feed_xml() -> ResponseReturnValue:
    """The newest articles as Atom, or those of a filter in its order."""
    return _feed("feed.xml", atom)


@pagecache.cacheable()
def feed_json() -> ResponseReturnValue:
    """The newest articles as JSON Feed, or those of a filter in its order."""
    return _feed("feed.json", _json)


@pagecache.cacheable()
def tag_feed(name: str) -> ResponseReturnValue:
    """The newest articles of one tag as Atom."""
    tag = asking.tag_named(name)
    page = urls.tag(tag.name)
    path = f"{page}/feed.xml"
    if tag.name != name or asking.is_spelled_otherwise(""):
        return redirect(path, 301)
    return atom(_filled(filters.Filter((tag.name,)), path=path, page=page))


@pagecache.cacheable(any_query=True)
def sitemap() -> ResponseReturnValue:
    """Every page that is worth finding, or where they are listed."""
    return _xml(sitemaps.main(), "application/xml")


@pagecache.cacheable(any_query=True)
def sitemap_of_pages() -> ResponseReturnValue:
    """The pages beside the articles."""
    return _xml(sitemaps.beside(), "application/xml")


@pagecache.cacheable(any_query=True)
def sitemap_of_articles(number: int) -> ResponseReturnValue:
    """A thousand articles at most."""
    piece = sitemaps.piece(number)
    if piece is None:
        raise Missing("There is no such piece of the sitemap. All that there are: /sitemap.xml")
    return _xml(piece, "application/xml")


@pagecache.cacheable(any_query=True)
def robots() -> ResponseReturnValue:
    """What crawlers may read: everything but the author's side and private links."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /p/",
        "Disallow: /r/",
        f"Sitemap: {urls.absolute('/sitemap.xml')}",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "alive"}, 200, {"Cache-Control": "no-store"}


def ready() -> ResponseReturnValue:
    """The database can be written, its schema is this version's; what the author was not told.

    *undelivered* is what waits and what was given up.
    """
    problem = health.problem()
    answer: dict[str, object] = {"status": "not ready", "why": problem}
    if problem is None:
        untold = deliveries.undelivered()
        answer = {
            "status": "ready",
            "undelivered": untold.number,
            "undelivered_waiting": untold.waiting,
            "undelivered_given_up": untold.given_up,
            "oldest_undelivered_seconds": untold.oldest_seconds,
        }
    return answer, 503 if problem else 200, {"Cache-Control": "no-store"}


def _feed(name: str, write: Callable[[feeds.Feed], Response]) -> ResponseReturnValue:
    chosen = asking.filter_of_request().first
    path = chosen.feed_url(name)
    if asking.is_spelled_otherwise(chosen.query):
        return redirect(path, 301)
    return write(_filled(chosen, path=path, page=chosen.url))


def _filled(chosen: filters.Filter, *, path: str, page: str) -> feeds.Feed:
    found = chosen.found()
    number = counting.number(chosen, found)
    sentence = chosen.sentence(number.number, is_all=number.is_all)
    title = asking.title(chosen, sentence) if chosen.narrows else config.current().title
    articles = listing.articles(chosen, found, feeds.SIZE) if number.number else []
    return feeds.Feed(title=title, path=path, page=page, articles=articles)


def atom(feed: feeds.Feed) -> Response:
    """Answer with *feed* as Atom."""
    return _xml(feeds.atom(feed), "application/atom+xml")


def _json(feed: feeds.Feed) -> Response:
    response = jsonify(feeds.json_feed(feed))
    response.content_type = "application/feed+json; charset=utf-8"
    return response


def _xml(content: bytes, kind: str) -> Response:
    return Response(content, content_type=f"{kind}; charset=utf-8")
