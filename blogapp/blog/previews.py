"""Secret previews: a post before readers may see it, for who was given the link."""

from __future__ import annotations

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from .. import markdown, nearby, previews, security, urls
from .views import bp


@bp.get("/p/<token>")
def preview(token: str) -> ResponseReturnValue:
    """A post as it is saved now; once it is published, its link leads to the article."""
    link = previews.find(token)
    if link.post.state() == "published":
        return redirect(urls.article(link.post), 301)
    return render_template(
        "blog/preview.html",
        link=link,
        post=link.post,
        body=markdown.moved(link.post.body_html, urls.article(link.post)),
        related=nearby.related(link.post),
    )


@bp.after_request
def hide_previews(response: Response) -> Response:
    """Let nobody keep what came by a secret link, or learn the link from it: errors, too."""
    if request.endpoint == "blog.preview":
        security.private(response)
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
