"""The editor before publishing: what it lists, and what pasted front matter fills."""

from __future__ import annotations

import re
from html import unescape

import pytest

from .conftest import HTMX, CheckedClient, MakePost

FILE = """\
---
title: Sets
tags: [Flask, SQL]
date: 2026-03-14 09:30
mood: good
---

Text
"""
AS = pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])


def values(html: str) -> dict[str, str]:
    """What the fields of the editor say."""
    typed = dict(re.findall(r'<input [^>]*\bid="field-(\w+)"[^>]*? value="([^"]*)"', html))
    area = r'<textarea [^>]*\bid="field-(\w+)"[^>]*>\r?\n?(.*?)</textarea>'
    areas = dict(re.findall(area, html, re.DOTALL))
    return {name: unescape(value) for name, value in (typed | areas).items()}


@AS
def test_the_preview_lists_what_is_odd_with_its_line(
    author_client: CheckedClient, headers: dict[str, str]
) -> None:
    form = {"title": "T", "body": "Text\n\n![](https://x.example/a.png)", "description": "D"}
    form |= {"csrf_token": author_client.token("/admin/posts/new")}

    odd = author_client.post("/admin/preview", data=form, headers=headers)
    form["body"] = "Text"
    good = author_client.post("/admin/preview", data=form, headers=headers)

    assert "before publishing: 1 thing to look at" in odd.text
    assert 'href="#field-body" data-jump="3">line 3</a> This image has no' in odd.text
    assert "before publishing: nothing to look at" in good.text


def test_what_is_odd_never_blocks_and_is_counted(
    author_client: CheckedClient, client: CheckedClient
) -> None:
    form = {"title": "T", "body": "[here](/nothing)\n", "action": "publish"}
    form |= {"csrf_token": author_client.token("/admin/posts/new")}

    page = author_client.post("/admin/posts/new", data=form, follow_redirects=True)

    assert "Published. The preview lists 3 things to look at." in page.text
    assert client.get("/blog/t").status_code == 200


@AS
def test_front_matter_says_what_it_would_fill_and_fills_it_when_told(
    author_client: CheckedClient, headers: dict[str, str]
) -> None:
    form = {"title": "Old", "tags": "flask", "description": "Mine", "zone": "Asia/Tokyo"}
    form |= {"body": FILE, "csrf_token": author_client.token("/admin/posts/new")}

    preview = author_client.post("/admin/preview", data=form, headers=headers)
    filled = author_client.post("/admin/paste", data=form, headers=headers)

    assert "title → Sets <small>instead of “Old”</small>" in preview.text
    assert "line 5: mood is not understood: good" in preview.text
    assert filled.status_code == 200
    assert "Not taken over: line 5: mood is not understood: good." in filled.text
    said = values(filled.text)
    assert said.items() >= {
        *(("title", "Sets"), ("tags", "flask, SQL"), ("description", "Mine")),
        *(("publish_at", "2026-03-14 09:30"), ("zone", "Asia/Tokyo"), ("body", "Text\n")),
    }
    assert author_client.get("/admin/posts/1").status_code == 404  # nothing is saved


@AS
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("---\ntitle: a: b\n---\nText", "Line 2: a colon inside a value"),
        ("Text", "does not begin with front matter"),
    ],
)
def test_what_cannot_be_filled_is_given_back_as_it_was(
    author_client: CheckedClient, headers: dict[str, str], body: str, told: str
) -> None:
    form = {"title": "T", "body": body, "csrf_token": author_client.token("/admin/posts/new")}

    answer = author_client.post("/admin/paste", data=form, headers=headers)

    assert answer.status_code == 422
    assert told in answer.text
    assert values(answer.text)["body"] == body


def test_front_matter_that_nobody_asked_to_fill_is_saved_as_it_is(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    post = make_post("Hello")
    form = {"title": "T", "body": FILE, "version": str(post.version), "action": "save"}
    form |= {"csrf_token": author_client.token(f"/admin/posts/{post.id}")}

    page = author_client.post(f"/admin/posts/{post.id}", data=form, follow_redirects=True)

    assert values(page.text)["body"] == FILE
