"""Secret previews: a post before readers may see it, for who was given the link."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from .. import markdown, nearby, pieces, previews, urls
from ..articles import Article
from ..models import Post


def preview(token: str) -> ResponseReturnValue:
    """A post as it is saved now; once it is published, its link leads to the article."""
    link = previews.find(token)
    if link.post.state() == "published":
        return redirect(urls.article(link.post), 301)
    post = link.post
    near = nearby.of(post.id, post.published_at)
    return render_template(
        "blog/preview.html",
        link=link,
        post=post,
        page=post,
        **_pieces(post),
        nearby=replace(near, older=None, newer=None),
        parts=[],
        place=0,
        contact="/contact",
    )


def _pieces(post: Post) -> dict[str, str]:
    """What the page of *post* would show, but for links that lead to it."""
    drawn = pieces.look().preview(Article.of(post))
    text = markdown.moved(post.body_html, urls.article(post))
    return {"intro": drawn.intro, "contents": drawn.contents, "text": text}
