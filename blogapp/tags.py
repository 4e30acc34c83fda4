"""Tags: how they are written, and how many articles each has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from .extensions import db
from .models import Tag, post_tags

MAX_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Count:
    """A tag and how many articles readers find under it."""

    tag: Tag
    articles: int


def normalise(name: str) -> str:
    """Write a tag the one way it is stored: ``HTMX`` and `` #htmx `` are ``htmx``.

    Signs that tell names apart stay (``c#``, ``c++``, ``.net``, ``node.js``); every other
    run of signs and spaces is a hyphen. Empty if nothing is left.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    text = re.sub("-+", "-", "".join(char if _stays(char) else "-" for char in text))
    text = re.sub(r"^[-_]*#+(?=\w)", "", text).lstrip("-_")[:MAX_LENGTH].rstrip("-_")
    return text if re.search(r"[^\W_]", text) else ""


def normalised(names: Iterable[str]) -> list[str]:
    """Write tags the stored way, each once, in the order given."""
    return list(dict.fromkeys(name for name in map(normalise, names) if name))


def named(names: Iterable[str]) -> list[Tag]:
    """Find the tags with these names, making those that do not exist yet."""
    wanted = normalised(names)
    stored = db.session.scalars(sa.select(Tag).where(Tag.name.in_(wanted)))
    known = {tag.name: tag for tag in stored}
    made = [Tag(name=name) for name in wanted if name not in known]
    db.session.add_all(made)
    return sorted([*known.values(), *made], key=lambda tag: tag.name)


def counts(articles: sa.Select[int]) -> list[Count]:
    """Count each tag among *articles* (a selection of ids), by name."""
    rows = db.session.execute(
        sa.select(Tag, sa.func.count(post_tags.c.post_id))
        .join(post_tags)
        .where(post_tags.c.post_id.in_(articles))
        .group_by(Tag.id)
        .order_by(Tag.name)
    )
    return [Count(tag, number) for tag, number in rows]


def find(name: str, articles: sa.Select[int]) -> Tag | None:
    """Find the tag of this name, if one of *articles* (a selection of ids) has it."""
    used = sa.select(post_tags.c.tag_id).where(post_tags.c.post_id.in_(articles))
    return db.session.scalar(sa.select(Tag).where(Tag.name == name, Tag.id.in_(used)))


def names() -> list[str]:
    """List all tags, for completion in the editor."""
    return list(db.session.scalars(sa.select(Tag.name).order_by(Tag.name)))


def _stays(char: str) -> bool:
    """Letters with their marks (half of a Hindi word is marks), digits, signs that count."""
    return char.isalnum() or char in "_+#." or unicodedata.category(char)[0] == "M"
