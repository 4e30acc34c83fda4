"""What is not saved: keeping it on the server, and comparing what a browser has kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from ... import comparing, htmx, saving, texts
from ...extensions import db
from ...models import Post, utcnow
from ...security import keeps_text
from ..forms import PostForm
from . import editor


@keeps_text
def autosave() -> ResponseReturnValue:
    """Keep what is in the editor; readers see nothing of it until it is saved."""
    editor.expect_own()
    form, opened = PostForm(), editor.post_of_form()
    form.validate()
    if form.notice:
        return _show(opened, form, status=422)
    post, kept_at = _keep(opened, form)
    db.session.commit()
    form.clear_errors()
    response = _show(post, form, kept_at=kept_at)
    if opened is None:
        response.headers["HX-Replace-Url"] = url_for(".post", post_id=post.id)
    return response


def compare_copy() -> ResponseReturnValue:
    """What a text that the browser has kept says otherwise than the editor, word by word."""
    labels = {field.name: field.label.text for field in PostForm(formdata=None)}
    then, now = _side("then_"), _side("now_")
    return htmx.render_page(
        "admin/copy_comparison.html",
        "admin/_copy_comparison.html",
        fields=[
            (labels[name], now[name], text)
            for name, text in then.items()
            if name != "body" and name in labels and now.get(name, text) != text
        ],
        body=comparing.compare(now.get("body", ""), then.get("body", "")),
    )


def _side(prefix: str) -> dict[str, str]:
    """What was sent of one of the two texts, by the names of its fields."""
    return {
        name.removeprefix(prefix): texts.normalise(text)
        for name, text in request.form.items()
        if name.startswith(prefix)
    }


def _keep(opened: Post | None, form: PostForm) -> tuple[Post, datetime | None]:
    """Keep what was sent; returns when, if it is not what is saved already."""
    post, kept = saving.keep(
        opened,
        form.text(),
        begun_from=form.begun_from(),
        by=editor.hand(form),
        unanswered="unanswered" in request.form,
    )
    if kept is not None:
        editor.adopt(post, form)
        form.version.data = str(kept.begun_from)
    elif opened is None:
        form.version.data = str(post.version)
    return post, utcnow() if kept is not None or opened is None else None


def _show(
    post: Post | None, form: PostForm, *, kept_at: datetime | None = None, status: int = 200
) -> Response:
    context: dict[str, Any] = {"post": post, "form": form, "kept_at": kept_at}
    if not htmx.wants_partial():  # which shows no tag, no series and no zone
        context = editor.context(**context)
    return htmx.render_page("admin/post.html", "admin/_autosave.html", status, **context)
