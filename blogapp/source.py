"""The source of a post: its Markdown under a front matter that an import reads again."""

from __future__ import annotations

from typing import Any

from .models import Post


def write(post: Post) -> str:
    """Write *post* as a Markdown file with YAML front matter."""
    import yaml  # here: most workers never need it

    header: dict[str, Any] = {"title": post.title}
    if post.published_at:
        header["date"] = post.published_at.isoformat(timespec="seconds")
    if post.description:
        header["description"] = post.description
    if post.tags:
        header["tags"] = [tag.name for tag in post.tags]
    if post.series:
        header["series"] = post.series
    if post.language:
        header["language"] = post.language
    if post.minutes_by_author:
        header["readTime"] = post.minutes_by_author
    front = yaml.safe_dump(header, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{front}---\n\n{post.body}"
