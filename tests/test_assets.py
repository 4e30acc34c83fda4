"""What is sent of our scripts and styles: compact, and it says what their authors wrote."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tinycss2
from flask import Flask

from blogapp import assets

from .conftest import CheckedClient

STATIC = Path(__file__).parent.parent / "static"
STYLES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.glob("css/*.css"))


def sent(app: Flask, name: str) -> str:
    """The bundle or file *name* as browsers get it."""
    with app.test_request_context():
        address = assets.url(name)
    return app.test_client().get(address).text


def words(nodes: list[Any]) -> list[Any]:
    """What a stylesheet says: comments are gone, gaps are alike."""
    said: list[Any] = []
    for node in nodes:
        inside = getattr(node, "content", getattr(node, "arguments", None))
        if inside is not None:
            said.append((node.type, getattr(node, "name", ""), words(inside)))
        elif node.type == "whitespace" and said[-1:] not in ([], [" "]):
            said.append(" ")
        elif node.type not in {"comment", "whitespace"}:
            said.append(node.serialize())
    return said


@pytest.mark.parametrize("name", STYLES)
def test_a_stylesheet_is_sent_without_comments_and_says_the_same(app: Flask, name: str) -> None:
    source = (STATIC / name).read_text(encoding="utf-8").strip()

    compact = sent(app, name)

    assert words(tinycss2.parse_component_value_list(compact)) == words(
        tinycss2.parse_component_value_list(source)
    )
    assert "/*" not in compact and "\n " not in compact


@pytest.mark.parametrize(
    ("css", "compact"),
    [
        ("a { b: c; } /* d */\n  e { f: g; }", "a { b: c; }\ne { f: g; }"),
        ('a { content: "/* b */  c"; }', 'a { content: "/* b */  c"; }'),
        (r'a { content: "\"/* b */"; }', r'a { content: "\"/* b */"; }'),
        ("a /* b\n  c */ d {\n    e: f;\n}", "a d {\ne: f;\n}"),
    ],
)
def test_only_comments_and_indentations_go(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, css: str, compact: str
) -> None:
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    monkeypatch.setattr(app, "debug", True)
    (tmp_path / "x.css").write_text(css)

    assert sent(app, "x.css") == compact


def test_scripts_are_sent_compact_and_each_by_itself(app: Flask) -> None:
    bundle = sent(app, "reader.js")

    parts = bundle.split("try{\n")[1:]
    assert len(parts) == len(assets.BUNDLES["reader.js"])
    assert all(part.rstrip().endswith("\n}catch(error){reportError(error)}") for part in parts)
    assert not re.search(r"^\s*//", bundle, re.MULTILINE)
    assert (STATIC / "vendor/htmx.min.js").read_text(encoding="utf-8").strip() in bundle


def test_while_files_are_changed_their_addresses_follow(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    addresses: list[str] = []

    for debug, css in ((True, "a {}"), (True, "b {}"), (False, "c {}")):
        monkeypatch.setattr(app, "debug", debug)
        (tmp_path / "x.css").write_text(css)
        with app.app_context():
            addresses.append(assets.url("x.css"))

    assert addresses[0] != addresses[1] == addresses[2]


def test_addresses_of_old_have_what_is_there_now_and_cost_no_reading(
    app: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = sent(app, "reader.css")
    monkeypatch.setattr(app, "static_folder", "/nowhere")

    old = client.get("/static/-/0123456789ab/reader.css")

    assert old.text == now
    assert "immutable" not in old.headers.get("Cache-Control", "")
    again = {"If-None-Match": old.headers["ETag"]}
    assert client.get("/static/-/0123456789ab/reader.css", headers=again).status_code == 304


@pytest.mark.parametrize(
    "name", ["css/none.css", "css/%00.css", "css//site.css", "../wsgi.js", "img/card.png"]
)
def test_what_is_no_asset_is_not_found(client: CheckedClient, name: str) -> None:
    assert client.get(f"/static/-/0123456789ab/{name}").status_code == 404


@pytest.mark.parametrize(
    ("cookie", "css"),
    [
        ("dark", "@layer tokens{:root{color-scheme:dark}}"),
        ("light", "@layer tokens{:root{color-scheme:light}}"),
        ("auto", ""),
        ("dark}body{display:none", ""),
        (None, ""),
    ],
)
def test_the_theme_is_a_stylesheet_of_the_readers_own(
    client: CheckedClient, cookie: str | None, css: str
) -> None:
    if cookie:
        client.set_cookie("theme", cookie, path="/static/theme.css")

    response = client.get("/static/theme.css")

    assert (response.mimetype, response.text) == ("text/css", css)
    assert response.headers["Cache-Control"] == "private, max-age=31536000"
    assert set(response.vary) == {"Cookie"}
