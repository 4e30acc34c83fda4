"""Duplicates: a post taken as the beginning of another."""

from __future__ import annotations

from dataclasses import replace

from . import posts, texts
from .models import Post
from .revisions import NOBODY, Hand


def make(post: Post, *, by: Hand = NOBODY) -> Post:
    """Write a new draft that says what *post* says, under a title and slug of its own; flushes."""
    return posts.create(replace(texts.of(post), title=f"Copy of {post.title}", slug=""), by=by)
