"""Entries: what the index has of a post."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..extensions import db
from ..models import Post, Tag, post_tags
from . import places, words

COLUMNS = ("title", "tags", "description", "body")  # the first ranks highest
_LABEL = "\ue000"  # of private use: no reader can type a token that begins with it
EVERY = _LABEL  # the token among the tags that every post has

_JOINED = re.compile(r"[^\W\d_]+[-._][^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """The tokens of a post, by column, and its place in the order of publication."""

    id: int
    title: str
    tags: str
    description: str
    body: str
    place: int

    def columns(self) -> dict[str, str]:
        """Name the tokens of each column."""
        return {name: getattr(self, name) for name in COLUMNS}


def of(posts: Iterable[Post], cut: Mapping[str, str] | None = None) -> list[Entry]:
    """Cut *posts* into tokens, but what is *cut*: by the text, its tokens.

    Each tag is there in its words, and as a label of its own.
    """
    found, known = list(posts), cut or {}
    tags = tags_of([post.id for post in found])
    return [
        Entry(
            id=post.id,
            title=words.tokens(post.title),
            tags=tags[post.id],
            description=words.tokens(post.description),
            body=known[post.plain] if post.plain in known else words.tokens(post.plain),
            place=places.of(post.id, post.listed_at),
        )
        for post in found
    ]


def tags_of(ids: Sequence[int]) -> dict[int, str]:
    """Cut the tags of the posts with these *ids* into tokens.

    Their names are read from the database: a tag may have been renamed since a post was read.
    """
    names = defaultdict(list)
    query = sa.select(post_tags.c.post_id, Tag.name).join(Tag, Tag.id == post_tags.c.tag_id)
    for row in db.session.execute(query.where(post_tags.c.post_id.in_(ids)).order_by(Tag.name)):
        names[row.post_id].append(row.name)
    return {post_id: _tags(names[post_id]) for post_id in ids}


def _tags(names: list[str]) -> str:
    written = (f"#{name}" for name in names)  # as the lists show them, and some readers type them
    tokens = [*map(words.tokens, written), *map(label, names), EVERY]
    return f" {words.BREAK} ".join(tokens)


def label(name: str) -> str:
    """Write the token that stands for the tag of this name, and for nothing else."""
    return _LABEL + name


def spelled(found: Iterable[Entry]) -> set[str]:
    """The words that others can be a misspelling of."""
    tokens: set[str] = set()
    for entry in found:  # one by one: all tokens of all at once would be many more
        tokens.update(*(text.split() for text in entry.columns().values()))
    return spellable(tokens)


def spellable(tokens: Iterable[str]) -> set[str]:
    """Choose what is a word, or two as names join them: ``full-text``, ``node.js``."""
    return {
        token
        for token in set(tokens)
        if (token.isalpha() or _JOINED.fullmatch(token))
        and (token.isascii() or not words.is_unspaced(token))
    }
