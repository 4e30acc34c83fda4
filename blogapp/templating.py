"""What every template may ask for: settings, addresses of files, dates as people write them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Flask

from . import config, languages, linked_data, markdown, replies, series, urls
from .models import Post

# htmx's own settings: see docs/architecture.md, "How HTMX is used".
HTMX_CONFIG = {
    "allowEval": False,
    "allowScriptTags": False,
    "historyRestoreAsHxRequest": False,
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    "scrollBehavior": "auto",
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "(409|422)", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}


def init_app(app: Flask) -> None:
    """Give *app*'s templates their globals and filters."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        htmx_config=json.dumps(HTMX_CONFIG),
        absolute=urls.absolute,
        article_url=urls.article,
        tag_url=urls.tag,
        series_url=_series_url,
        body_of=_body_of,
        linked_data=linked_data.of,
        direction=languages.direction,
        spoken=_spoken,
    )
    app.jinja_env.filters.update(day=_day, minute=_minute, clock=_clock, iso=_iso)
    app.jinja_env.filters["mailto"] = replies.mailto
    app.context_processor(lambda: {"site": config.current()})


def _body_of(post: Post) -> Any:
    return markdown.trusted(post.body_html)


def _series_url(name: str) -> str | None:
    """The path of the page of a series, if it has one."""
    address = series.address(name)
    return urls.series(address) if address else None


def _spoken(language: str | None) -> dict[str, str]:
    """The attributes of a text in another *language* than the page around it."""
    site = config.current().language
    tag = languages.normalise(language or "")
    if tag is None or tag.lower() == site.lower():
        return {}
    way = languages.direction(tag)
    return {"lang": tag} | ({"dir": way} if way != languages.direction(site) else {})


def _day(moment: datetime, *, year: bool = True) -> str:
    """Write ``14 March 2026``, or without its year, in the site's zone."""
    return f"{_local(moment):%-d %B %Y}" if year else f"{_local(moment):%-d %B}"


def _minute(moment: datetime) -> str:
    """Write ``14 March 2026, 09:30 CET``, in the site's zone."""
    return f"{_local(moment):%-d %B %Y, %H:%M %Z}"


def _clock(moment: datetime) -> str:
    return f"{_local(moment):%H:%M}"


def _iso(moment: datetime) -> str:
    """Write what machines read, in the site's zone."""
    return _local(moment).isoformat(timespec="seconds")


def _local(moment: datetime) -> datetime:
    return moment.astimezone(config.current().timezone)
