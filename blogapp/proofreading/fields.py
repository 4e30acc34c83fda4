"""What can be seen in the fields: the description and the slug."""

from __future__ import annotations

from collections.abc import Iterator

from .. import permalinks, slugs
from ..errors import Invalid
from ..models import Post
from ..texts import Text, line
from .finding import Finding

LONGEST_DESCRIPTION = 160  # characters; search engines cut what is longer


def check(text: Text, post: Post | None) -> Iterator[Finding]:
    """Find what is odd in the fields of *text*, which may be the next one of *post*."""
    yield from _description(line(text.description))
    yield from _slug(text, post or Post(slug=""))


def _description(description: str) -> Iterator[Finding]:
    if not description:
        message = "There is no description: lists and search engines show the first words instead."
    elif len(description) > LONGEST_DESCRIPTION:
        message = (
            f"The description has {len(description)} characters, and search engines show "
            f"{LONGEST_DESCRIPTION} at most. Shorten it."
        )
    else:
        return
    yield Finding(None, "description", "description", message)


def _slug(text: Text, post: Post) -> Iterator[Finding]:
    title = line(text.title)
    if not title and not text.slug.strip():
        return
    try:
        slug = permalinks.choose(post, text.slug, title)
    except Invalid as error:
        yield Finding(None, "slug", "slug", error.message)
        return
    wish = slugs.make(title)
    if not text.slug.strip() and slug != post.slug and slug != wish:
        taken = "The blog itself uses" if slugs.is_reserved(wish) else "A post is or was at"
        message = (
            f"{taken} “{wish}”, so this one comes to “{slug}”. Give it a slug that tells them "
            "apart."
        )
        yield Finding(None, "slug", "slug", message)
