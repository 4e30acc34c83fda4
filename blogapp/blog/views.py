"""Readers' pages: the list, articles, tags and the archive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from .. import (
    addresses,
    config,
    filters,
    htmx,
    nearby,
    negotiation,
    pagecache,
    posts,
    search,
    series,
    slugs,
    source,
    suggestions,
    tags,
    urls,
)
from ..errors import Gone, Missing
from ..extensions import db
from ..models import Post
from . import asking

bp = Blueprint("blog", __name__)

Month = tuple[str, list[Post]]
Year = tuple[int, list[Month]]


@bp.get("/blog/")
@bp.get("/")
@pagecache.cacheable()
def index() -> ResponseReturnValue:
    """The articles, newest first, filtered live."""
    chosen = asking.filter_of_request()
    if request.path != "/" or asking.is_spelled_otherwise(chosen.query):
        return redirect(chosen.url, 301)

    page, number = chosen.page(), posts.count(chosen.select())
    return htmx.render_page(
        "blog/index.html",
        "blog/_article_list.html",
        **_listed(chosen, page, number),
        filter=chosen,
        chips=chosen.chips(number),
        hits=search.hits(search.parse(chosen.text), page.articles),
        suggestion=None if number else suggestions.spelling(chosen),
        wider=None if number else suggestions.wider(chosen),
    )


@bp.get("/blog/<slug>/")
@bp.get("/blog/<slug>")
@pagecache.cacheable(any_query=True)
def article(slug: str) -> ResponseReturnValue:
    """An article, or its source for those who would rather have Markdown."""
    post = posts.visible(slug)
    if post is None or request.path.endswith("/"):
        return _elsewhere(slug, "")
    if negotiation.prefers_markdown(request.headers.get("Accept", "")):
        return _source_of(post)

    older, newer = nearby.neighbours(post)
    html = render_template(
        "blog/article.html",
        post=post,
        parts=series.parts(post),
        older=older,
        newer=newer,
        related=nearby.related(post),
    )
    return _of(post, Response(html))


@bp.get("/blog/<slug>.md")
@pagecache.cacheable(any_query=True)
def source_of(slug: str) -> ResponseReturnValue:
    """The article as its author wrote it."""
    post = posts.visible(slug)
    return _source_of(post) if post else _elsewhere(slug, ".md")


@bp.get("/tags/")
@pagecache.cacheable(any_query=True)
def all_tags() -> ResponseReturnValue:
    """All tags with counts."""
    return render_template("blog/tags.html", counts=tags.counts(posts.ids(posts.published())))


@bp.get("/tags/<path:name>")
@pagecache.cacheable()
def tag(name: str) -> ResponseReturnValue:
    """The articles of one tag."""
    found = asking.tag_named(name)
    chosen = filters.Filter.parse([found.name], after=request.args.get("after", ""))
    query = f"after={chosen.after}" if chosen.after else ""
    if found.name != name or asking.is_spelled_otherwise(query):
        return redirect(urls.tag(found.name) + (f"?{query}" if query else ""), 301)

    page, number = chosen.page(), posts.count(chosen.select())
    return htmx.render_page(
        "blog/tag.html",
        "blog/_tag_articles.html",
        **_listed(chosen, page, number),
        tag=found,
        next_url=f"{urls.tag(found.name)}?after={page.next.after}" if page.next else None,
        after=chosen.after is not None,
    )


@bp.get("/archive/")
@pagecache.cacheable(any_query=True)
def archive() -> ResponseReturnValue:
    """All articles by year and month."""
    query = posts.summaries(posts.published())
    return render_template("blog/archive.html", years=list(_by_year(db.session.scalars(query))))


def _listed(chosen: filters.Filter, page: filters.Page, number: int) -> dict[str, Any]:
    """What a list shows, whatever it is a list of."""
    return {
        "page": page,
        "number": number,
        "sentence": chosen.sentence(number),
        "title": asking.title(chosen, number),
    }


def _by_year(articles: sa.ScalarResult[Post]) -> Iterator[Year]:
    """Group articles by year, and within it by month, in the site's zone."""
    zone = config.current().timezone

    def month(post: Post) -> tuple[int, str]:
        local = (post.published_at or post.created_at).astimezone(zone)
        return local.year, f"{local:%B}"

    months = [(when, list(group)) for when, group in groupby(articles, month)]
    for year, group in groupby(months, lambda item: item[0][0]):
        yield year, [(name, found) for (_, name), found in group]


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


def _of(post: Post, response: Response) -> Response:
    """Say in the headers what goes for page and source of *post*."""
    response.vary.add("Accept")
    if post.shelf == "unlisted":
        response.headers["X-Robots-Tag"] = "noindex"
    return response
