"""Texts: what an author writes of a post, and the one way in which it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import languages
from .errors import Invalid
from .models import Post

MAX_MINUTES = 1000  # of reading
MAX_SERIES = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What an author writes of a post; without a *slug* it is made of the title."""

    title: str
    slug: str = ""
    description: str = ""
    body: str = ""
    tags: Sequence[str] = ()
    minutes: int | None = None
    language: str | None = None  # BCP 47; else the site's
    series: str | None = None


def of(post: Post) -> Text:
    """Read the text of *post*, which may be one that was never stored."""
    return Text(
        title=post.title,
        slug=post.slug,
        description=post.description or "",
        body=post.body or "",
        tags=tuple(sorted(tag.name for tag in post.tags)),  # databases sort in ways of their own
        minutes=post.minutes_by_author,
        language=post.language,
        series=post.series,
    )


def stored(text: Text) -> Text:
    """Write *text* as it is stored, but for slug and tags; raises ``Invalid``."""
    return replace(
        text,
        title=title(text),
        description=line(text.description),
        body=normalise(text.body),
        language=_language(text.language),
        series=_series(text.series),
    )


def title(text: Text) -> str:
    """Write the title as it is stored; raises ``Invalid`` for an empty one."""
    written = line(text.title)
    if not written:
        raise Invalid("title", "A post needs a title.")
    return written


def line(text: str) -> str:
    """Write a title or description the one way: a line, with zero bytes visible."""
    return " ".join(normalise(text).split())


def normalise(body: str) -> str:
    """Write a text the one way it is stored: lines end in LF, zero bytes are visible."""
    return body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _language(written: str | None) -> str | None:
    if not (written or "").strip():
        return None
    language = languages.normalise(written or "")
    if language is None:
        raise Invalid("language", "A language is written as en or pt-BR.")
    return language


def _series(written: str | None) -> str | None:
    series = line(written or "")
    if len(series) > MAX_SERIES:
        raise Invalid("series", f"The name of a series has at most {MAX_SERIES} characters.")
    return series or None
