"""Readers' pages: the list, articles, tags and the archive."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from .. import (
    addresses,
    counting,
    eras,
    filters,
    frames,
    htmx,
    listing,
    nearby,
    negotiation,
    numbers,
    pagecache,
    posts,
    reading,
    series,
    slugs,
    source,
    suggestions,
    urls,
)
from ..errors import Gone, Missing
from ..models import Post
from . import asking


@pagecache.cacheable()
def index() -> ResponseReturnValue:
    """The articles, newest first, filtered live."""
    chosen = asking.filter_of_request()
    if request.path != "/" or asking.is_spelled_otherwise(chosen.query):
        return redirect(chosen.url, 301)

    found = chosen.found()
    if found is None:
        counted = eras.remembered(counting.of, chosen.first)
    else:
        counted = counting.of(chosen, found)
    # Tags that never meet: to find that out by the list is a walk to its end.
    page = listing.page(chosen, found) if counted.number else listing.Page([], None)
    return htmx.render_framed(
        "blog/index.html",
        "blog/_article_list.html",
        {"cards": page.html},
        **_listed(chosen, page, counted),
        chips=counted.chips,
        suggestion=None if counted.number else suggestions.spelling(chosen),
        wider=None if counted.number else suggestions.wider(chosen),
    )


@pagecache.cacheable(any_query=True)
def article(slug: str) -> ResponseReturnValue:
    """An article, or its source for those who would rather have Markdown."""
    found = reading.article(slug)
    if found is None or request.path.endswith("/"):
        return _elsewhere(slug, "")
    if negotiation.prefers_markdown(request.headers.get("Accept", "")):
        return source_of(slug)

    parts = reading.parts(found.series) if found.series else []
    places = {part.slug: place for place, part in enumerate(parts, 1)} if len(parts) > 1 else {}
    page = frames.render(
        "blog/article.html",
        {name: getattr(found, name) for name in ("head", "intro", "contents", "text")},
        page=found,
        parts=parts,
        place=places.get(slug, 0),
        series_path=_series_path(found.series) if found.series else None,
        nearby=nearby.of(found.id, found.published_at),
        contact=urls.contact(slug),
    )
    return _of(found, page)


@pagecache.cacheable(any_query=True)
def source_of(slug: str) -> ResponseReturnValue:
    """The article as its author wrote it."""
    post = posts.visible(slug)
    return _source_of(post) if post else _elsewhere(slug, ".md")


@pagecache.cacheable(any_query=True)
def all_tags() -> ResponseReturnValue:
    """All tags with counts."""
    return render_template("blog/tags.html", tags=numbers.of_tags())


@pagecache.cacheable()
def tag(name: str) -> ResponseReturnValue:
    """The articles of one tag."""
    found = asking.tag_named(name)
    chosen = filters.Filter((found.name,)).from_place(asking.place_of_request())
    query = f"after={chosen.after}" if chosen.after else ""
    if found.name != name or asking.is_spelled_otherwise(query):
        return redirect(urls.tag(found.name) + (f"?{query}" if query else ""), 301)

    page, number = listing.page_of_tag(found, chosen), counting.Number(found.articles)
    return htmx.render_framed(
        "blog/tag.html",
        "blog/_tag_articles.html",
        {"cards": page.html},
        **_listed(chosen, page, number),
        tag=found,
        next_url=f"{urls.tag(found.name)}?after={page.next.after}" if page.next else None,
        after=chosen.after is not None,
    )


def _series_path(name: str) -> str | None:
    """The path of the page of a series, if it has one."""
    address = series.address(name)
    return urls.series(address) if address else None


def _listed(chosen: filters.Filter, page: listing.Page, number: counting.Number) -> dict[str, Any]:
    """What a list shows, whatever it is a list of."""
    sentence = chosen.sentence(number.number, is_all=number.is_all)
    return {
        "page": page,
        "filter": chosen,
        "address": asking.address(chosen, number),
        "number": number.number,
        "is_all": number.is_all,
        "sentence": sentence,
        "title": asking.title(chosen, sentence),
    }


def _elsewhere(slug: str, suffix: str) -> ResponseReturnValue:
    """Send readers of an old or misspelt address on; tell the others what may be meant."""
    post = posts.visible(slug) or posts.moved(slug) or addresses.find(f"/blog/{slug}")
    post = post or posts.visible(slugs.make(slug))
    if post is None and addresses.gone(f"/blog/{slug}"):
        raise Gone("The article that was here has been taken back.", nearby.nearest(slug))
    if post is None:
        raise Missing("There is no article at this address.", nearby.nearest(slug))
    return redirect(urls.article(post) + suffix, 301)


def _source_of(post: Post) -> Response:
    return _of(post, Response(source.write(post), content_type="text/markdown; charset=utf-8"))


def _of(post: Post | reading.Page, response: Response) -> Response:
    """Say in the headers what goes for page and source of *post*."""
    response.headers["Vary"] = "Accept"
    if post.shelf == "unlisted":
        response.headers["X-Robots-Tag"] = "noindex"
    return response
