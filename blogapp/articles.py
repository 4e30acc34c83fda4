"""Articles as readers' pages show them: what is known of one, without its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

from .models import Post


class Mention(NamedTuple):
    """An article as others name it."""

    slug: str
    title: str
    language: str | None
    published_at: datetime
    reading_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """An article as lists show it."""

    id: int
    slug: str
    title: str
    description: str
    excerpt: str
    language: str | None
    published_at: datetime | None
    reading_minutes: int
    tags: tuple[str, ...]  # names, sorted

    @classmethod
    def of(cls, post: Post) -> Self:
        """Show *post* as it is now."""
        own = {name: getattr(post, name) for name in cls.__dataclass_fields__}
        return cls(**own | {"tags": tuple(sorted(tag.name for tag in post.tags))})

    @property
    def about(self) -> str:
        """What it is about, in a line or two."""
        return self.description or self.excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Summary):
    """An article as its own page shows it, or a draft as its preview does; without its text."""

    series: str | None
    shelf: str
    updated_at: datetime
    headings: list[dict[str, Any]]

    @property
    def changed_after_publication(self) -> bool:
        """Whether readers see another text than on the day it was published."""
        return self.published_at is not None and self.updated_at > self.published_at
