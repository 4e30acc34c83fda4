"""Frames: pages are what their templates say, however much of them is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask, Response, render_template

from blogapp import frames, markdown, numbers
from blogapp.filters import Filter

from .conftest import CheckedClient, Place

PATHS = [
    *("/", "/?tag=flask", "/?tag=nothing", "/?after=1-1", "/?q=helo"),
    *("/blog/hello", "/tags/flask", "/tags/flask?after=1-1"),
]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_what_its_whole_template_says(
    client: CheckedClient, place: Place, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    first, again = (_made_anew(client, place(path)) for _ in range(2))

    monkeypatch.setattr(frames, "render", _render_whole)
    whole = _made_anew(client, place(path))

    assert first == again == whole


def test_marks_are_nothing_that_a_text_says(app: Flask) -> None:
    with app.test_request_context("/tags/x"):
        page = frames.render(
            "blog/tag.html",
            {"cards": b"<li>the cards</li>"},
            tag=numbers.Known(1, "cards", "{{ cards }} \0cards\0", 1),
            filter=Filter(("x",)),
            **dict.fromkeys(("title", "sentence", "address", "next_url"), "cards"),
        )

    text = page.get_data(as_text=True)
    assert text.count("<li>the cards</li>") == 1
    assert text.count("{{ cards }} \0cards\0") == 2  # in the head, and below the title


def test_what_a_template_is_given_itself_is_never_what_all_find(app: Flask) -> None:
    environment = app.jinja_env
    environment.get_template("errors/error.html")

    with pytest.raises(TypeError, match="own"):
        environment.get_template("errors/error.html", globals={"own": 1})

    assert "own" not in environment.globals
    assert environment.from_string("{{ own }}", {"own": 1}).render() == "1"
    assert "own" not in environment.globals


def test_each_page_says_which_one_it_is(client: CheckedClient, place: Place) -> None:
    for path, shown in [("/", 1), ("/blog/hello", 0), ("/tags/flask", 0), ("/", 1)]:
        assert _made_anew(client, place(path)).count('aria-current="page"') == shown


def test_nothing_is_kept_while_the_blog_is_developed(
    client: CheckedClient, place: Place, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "frames", {})
    _made_anew(client, place("/"))
    for key in app.extensions["frames"]:
        app.extensions["frames"][key] = frames.Frame(
            (b"<!doctype html><title>as</title><h1>as it was</h1>",), {}
        )
    kept = _made_anew(client, "/")

    monkeypatch.setattr(app, "debug", True)

    assert kept.endswith("as it was</h1>")
    assert "as it was" not in _made_anew(client, "/")


def _render_whole(name: str, ready: Mapping[str, bytes], **values: Any) -> Response:
    texts = {name: markdown.trusted(html.decode()) for name, html in ready.items()}
    return Response(render_template(name, **texts, **values))


def _made_anew(client: CheckedClient, path: str) -> str:
    client.application.extensions["pagecache"].clear()
    return client.get(path).text
