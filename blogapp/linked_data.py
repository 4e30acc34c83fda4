"""What search engines are told of an article, in the terms of schema.org."""

from __future__ import annotations

from typing import Any

from . import config, urls
from .models import Post


def of(post: Post, series_path: str | None = None) -> dict[str, Any]:
    """Describe *post* as a ``BlogPosting`` (schema.org/BlogPosting).

    *series_path* leads to the page of its series, if that has one.
    """
    settings = config.current()
    published = post.published_at or post.created_at
    changed = post.updated_at if post.changed_after_publication else published
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": post.title,
        "url": urls.absolute(urls.article(post)),
        "mainEntityOfPage": urls.absolute(urls.article(post)),
        "datePublished": published.isoformat(timespec="seconds"),
        "dateModified": changed.isoformat(timespec="seconds"),
        "author": {"@type": "Person", "name": settings.author},
        "inLanguage": post.language or settings.language,
        "timeRequired": f"PT{post.reading_minutes}M",
    }
    if post.description or post.excerpt:
        data["description"] = post.description or post.excerpt
    if post.series:
        data["isPartOf"] = _series(post.series, series_path)
    if post.tags:
        data["keywords"] = [tag.name for tag in post.tags]
    return data


def _series(name: str, path: str | None) -> dict[str, str]:
    """Describe a series (schema.org/CreativeWorkSeries), with its page if it has one."""
    data = {"@type": "CreativeWorkSeries", "name": name}
    return data | {"url": urls.absolute(path)} if path else data
