"""What search engines are told of an article, in the terms of schema.org."""

from __future__ import annotations

from typing import Any

from . import config, urls
from .articles import Article
from .urls import Named

_CONTEXT = "https://schema.org"


def of(article: Article) -> dict[str, Any]:
    """Describe *article* as a ``BlogPosting`` (schema.org/BlogPosting)."""
    settings = config.current()
    published = article.published_at or article.updated_at
    changed = article.updated_at if article.changed_after_publication else published
    url = urls.absolute(urls.article(article))
    data: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "BlogPosting",
        "@id": url,
        "headline": article.title,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": published.isoformat(timespec="seconds"),
        "dateModified": changed.isoformat(timespec="seconds"),
        "author": {"@type": "Person", "name": settings.author},
        "inLanguage": article.language or settings.language,
        "timeRequired": f"PT{article.reading_minutes}M",
    }
    if article.about:
        data["description"] = article.about
    if article.tags:
        data["keywords"] = [*article.tags]
    return data


def series(article: Named, name: str, path: str | None) -> dict[str, Any]:
    """Say of the same article that it belongs to a series (schema.org/CreativeWorkSeries).

    *path* leads to the page of the series, if it has one.
    """
    whole = {"@type": "CreativeWorkSeries", "name": name}
    url = {"url": urls.absolute(path)} if path else {}
    identity = urls.absolute(urls.article(article))
    return {"@context": _CONTEXT, "@id": identity, "isPartOf": whole | url}
