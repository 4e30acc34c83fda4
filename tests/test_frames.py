"""Frames: pages are what their templates say, however much of them is kept."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response, render_template

from blogapp import frames

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


def _render_whole(name: str, **values: Any) -> Response:
    return Response(render_template(name, **values))


def _made_anew(client: CheckedClient, path: str) -> str:
    client.application.extensions["pagecache"].clear()
    return client.get(path).text
