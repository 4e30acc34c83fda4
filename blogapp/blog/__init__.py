"""Readers' pages, and what machines read of them."""

from __future__ import annotations

from flask import Blueprint, Response, request

from .. import rules, security
from . import arrivals

RULES: rules.Table = {
    "views": {
        "GET /": "index",
        "GET /blog": "index",
        "GET /blog/": "index",
        "GET /blog/<slug>": "article",
        "GET /blog/<slug>/": "article",
        "GET /blog/<slug>.md": "source_of",
        "GET /tags/": "all_tags",
        "GET /tags/<path:name>": "tag",
    },
    "archive": {
        "GET /archive/": "archive",
    },
    "series": {
        "GET /series/<address>": "series",
        "GET /series/<address>/": "series",
        "GET /series/<address>/feed.xml": "series_feed",
    },
    "previews": {
        "GET /p/<token>": "preview",
    },
    "media": {
        "GET /media/<name>": "image",
    },
    "machines": {
        "GET /feed.xml": "feed_xml",
        "GET /feed.json": "feed_json",
        "GET /tags/<path:name>/feed.xml": "tag_feed",
        "GET /sitemap.xml": "sitemap",
        "GET /sitemap-pages.xml": "sitemap_of_pages",
        "GET /sitemap-<int:number>.xml": "sitemap_of_articles",
        "GET /robots.txt": "robots",
        "GET /healthz": "alive",
        "GET /readyz": "ready",
    },
}

bp = Blueprint("blog", __name__)
bp.before_app_request(arrivals.lead_on)
rules.add(bp, __name__, RULES)


@bp.after_request
def hide_previews(response: Response) -> Response:
    """Let nobody keep what came by a secret link, or learn the link from it: errors, too."""
    if request.endpoint == "blog.preview":
        security.private(response)
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
