"""The page of a series, and its feed."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from .. import addresses, config, feeds, markdown, nearby, pagecache, pieces, urls
from .. import series as core
from ..articles import Summary
from ..errors import Missing
from ..extensions import db
from . import asking, machines


@pagecache.cacheable()
def series(address: str) -> ResponseReturnValue:
    """All articles of a series, the first one first."""
    name, canonical = _found(address)
    if name is None:
        return _elsewhere(address)
    url = urls.series(canonical)
    if _is_elsewhere(f"/series/{canonical}"):
        return redirect(url, 301)
    parts = db.session.scalars(core.articles(name)).all()
    draw = pieces.look().card
    cards = [draw(Summary.of(post), part=number) for number, post in enumerate(parts, 1)]
    shown = {"parts": parts, "cards": markdown.trusted("\n".join(cards))}
    return render_template("blog/series.html", name=name, address=canonical, url=url, **shown)


@pagecache.cacheable()
def series_feed(address: str) -> ResponseReturnValue:
    """The newest articles of a series as Atom."""
    name, canonical = _found(address)
    if name is None:
        return _elsewhere(address)
    page = urls.series(canonical)
    path = f"{page}/feed.xml"
    if _is_elsewhere(f"/series/{canonical}/feed.xml"):
        return redirect(path, 301)
    title = f"{name} – {config.current().title}"
    articles = core.newest(name, feeds.SIZE)
    return machines.atom(feeds.Feed(title=title, path=path, page=page, articles=articles))


def _found(address: str) -> tuple[str | None, str]:
    """Name the series that is meant by *address*, with the address that it has."""
    name = core.find(address)
    return name, (core.address(name) if name else None) or address


def _is_elsewhere(path: str) -> bool:
    """Whether the request has another address than *path*, unescaped."""
    return request.path != path or asking.is_spelled_otherwise("")


def _elsewhere(address: str) -> ResponseReturnValue:
    """Lead on who comes by an address of another system; tell the others what may be meant."""
    post = addresses.find(request.path)
    if post is None:
        raise Missing("There is no series at this address.", nearby.nearest(address))
    return redirect(urls.article(post), 301)
