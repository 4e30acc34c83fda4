"""Guards: a partial is its page's own block, byte for byte, and one element."""

from __future__ import annotations

import html.parser
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp.admin import forms

from .access import AUTHORS, READERS, READS, VISITORS
from .conftest import HTMX, PAST, CheckedClient, Place
from .pages import parse

ROOT = Path(__file__).resolve().parent.parent
PARTIALS = {path.stem.removeprefix("_") for path in (ROOT / "templates").rglob("_*.html")}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}

# Every address that answers htmx with a part, and which.
GET = {
    "/": "article_list",
    "/?tag=flask": "article_list",
    "/?tag=flask&tag=sqlite": "article_list",
    "/?tag=nothing": "article_list",
    "/?not=sqlite": "article_list",
    "/?q=hello": "article_list",
    "/?tag=flask&not=sqlite&q=second": "article_list",
    "/?q=helo": "article_list",
    "/?after=1-1": "article_list",
    "/tags/flask": "tag_articles",
    "/tags/flask?after=1-1": "tag_articles",
    "/contact": "contact_form",
    "/contact?post=hello": "contact_form",
    "/contact?post=nothing": "contact_form",
    "/r/{token}": "contact_sent",
    "/admin/": "post_list",
    "/admin/?q=hello": "post_list",
    "/admin/?state=trash": "post_list",
    "/admin/?tag=flask&after=1-1": "post_list",
    "/admin/posts/{trashed}": "trashed_post",
    "/admin/messages": "message_list",
    "/admin/messages?folder=archive": "message_list",
    "/admin/messages?folder=spam&state=open": "message_list",
    "/admin/messages?q=hi&post={post}": "message_list",
    "/admin/messages?state=undelivered&after=1-1": "message_list",
    "/admin/messages/{message}": "message",
    "/admin/images": "image_list",
    "/admin/images?q=dot": "image_list",
    "/admin/images?q=nothing&before=1": "image_list",
    "/admin/posts/new": "post_form",
    "/admin/posts/{post}": "post_form",
    "/blog/nothing": "error",
    "/admin/messages?folder=nothing": "error",
}
POST = {
    "/contact": "contact_form",  # without its fields: 422
    "/admin/posts/new": "post_form",
    "/admin/posts/{post}": "post_form",
    "/admin/preview": "post_preview",
    "/admin/autosave": "autosave",
    "/admin/compare": "copy_comparison",
    "/admin/paste": "post_form",  # without front matter: 422
    "/admin/messages": "message_list",  # without an action: 422
}
LISTS = [path for path, name in GET.items() if name in {"article_list", "tag_articles"}]
WHOLE = {
    endpoint: path
    for endpoint, path in READS.items()
    if path not in GET and endpoint not in {"static", "auth.login"}
}


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no time pass: then the CSRF tokens of one session are equal; and name sittings alike."""
    monkeypatch.setattr(forms, "_sitting", lambda: "sitting-of-the-tests")
    with time_machine.travel(PAST.replace(month=5), tick=False):
        yield


def test_every_partial_and_every_address_is_looked_at_here() -> None:
    assert set(GET.values()) | set(POST.values()) | {"sign_in"} == PARTIALS
    assert set(READERS | VISITORS | AUTHORS) - set(WHOLE) == {
        *("static", "auth.login", "blog.index", "blog.tag", "contact.ask", "contact.sent"),
        *("admin.posts", "admin.new_post", "admin.post", "admin.messages", "admin.message"),
        "admin.images",
    }


def check(page: TestResponse, partial: TestResponse, name: str) -> None:
    assert page.status_code == partial.status_code
    assert page.text.startswith("<!doctype html>")
    assert partial.text in page.text
    assert roots(partial.text) == [name.replace("_", "-")]
    if name != "error":
        assert "HX-Request" in page.vary and "HX-Request" in partial.vary
    etags = [response.headers.get("ETag") for response in (page, partial)]
    assert etags == [None, None] or (None not in etags and etags[0] != etags[1])


def roots(text: str) -> list[str]:
    """The ids of the elements that stand outermost; text beside them counts as one."""
    finder = _Roots()
    finder.feed(text)
    assert finder.depth == 0
    return finder.found


class _Roots(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.depth, self.found = 0, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.depth:
            self.found.append(dict(attrs).get("id") or f"<{tag}>")
        self.depth += tag not in VOID

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag not in VOID

    def handle_data(self, data: str) -> None:
        if not self.depth and data.strip():
            self.found.append(data)


@pytest.mark.parametrize("path", GET)
def test_a_partial_is_the_pages_own_block(
    author_client: CheckedClient, place: Place, path: str
) -> None:
    page = author_client.get(place(path))
    partial = author_client.get(place(path), headers=HTMX)

    check(page, partial, GET[path])


@pytest.mark.parametrize("path", POST)
def test_the_partial_of_a_refused_form_is_the_pages_own_block(
    author_client: CheckedClient, place: Place, path: str
) -> None:
    form = {"csrf_token": author_client.token(), "body": "A *word*.", "email": "x"}
    form |= {"sitting": "sitting-of-the-tests"}

    page = author_client.post(place(path), data=form)
    partial = author_client.post(place(path), data=form, headers=HTMX)

    looks = {"/admin/preview", "/admin/autosave", "/admin/compare"}
    assert page.status_code == (200 if path in looks else 422)
    check(page, partial, POST[path])


def test_the_sign_in_that_a_form_gets_is_the_pages_own_block(
    client: CheckedClient, place: Place
) -> None:
    form = {"csrf_token": client.token(), "body": "A *word*."}

    page = client.post(place("/admin/posts/{post}"), data=form)
    partial = client.post(place("/admin/posts/{post}"), data=form, headers=HTMX)

    assert page.status_code == 401
    check(page, partial, "sign_in")


@pytest.mark.parametrize("path", LISTS)
def test_a_browser_that_has_one_of_page_and_partial_is_sent_the_other(
    client: CheckedClient, place: Place, path: str
) -> None:
    page, partial = client.get(place(path)), client.get(place(path), headers=HTMX)

    for headers, own, other in [({}, page, partial), (HTMX, partial, page)]:
        known = client.get(path, headers=headers | {"If-None-Match": own.headers["ETag"]})
        crossed = client.get(path, headers=headers | {"If-None-Match": other.headers["ETag"]})

        assert (known.status_code, "HX-Request" in known.vary) == (304, True)
        assert crossed.status_code == 200
        assert crossed.data == own.data


def test_what_a_reader_without_a_session_may_keep_has_an_etag(app: Flask, place: Place) -> None:
    asked = {(path, partial) for path in GET for partial in (False, True)}
    pages = {path for name, path in (READERS | VISITORS).items() if name.startswith("blog.")}
    asked |= {(path, False) for path in pages}
    reader = app.test_client(use_cookies=False)
    tagged = {}

    for path, partial in asked:
        answer = reader.get(place(path), headers=HTMX if partial else {}, buffered=True)
        tagged[path, partial] = "ETag" in answer.headers
        keeps = answer.headers["Cache-Control"] != "no-store"
        assert tagged[path, partial] == keeps, (path, partial)

    assert all(tagged[path, partial] for path in LISTS for partial in (False, True))
    assert tagged["/blog/hello", False] and not tagged["/contact", False]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_and_restored_requests_get_the_whole_page(
    author_client: CheckedClient, place: Place, header: str
) -> None:
    for path in map(place, GET):
        page = author_client.get(path)
        whole = author_client.get(path, headers=HTMX | {header: "true"})

        assert whole.data == page.data, path


def test_what_has_no_partial_is_the_same_for_htmx(
    author_client: CheckedClient, place: Place
) -> None:
    for path in map(place, WHOLE.values()):
        page, asked_by_htmx = author_client.get(path), author_client.get(path, headers=HTMX)

        assert page.status_code == asked_by_htmx.status_code == 200, path
        assert page.data == asked_by_htmx.data, path


def test_a_link_that_htmx_follows_finds_its_target(
    author_client: CheckedClient, place: Place
) -> None:
    """``data-hx-target="#id"`` names an element of the page that it stands on."""
    for path in map(place, GET):
        elements = list(parse(author_client.get(path).text))

        ids = {element.attrib.get("id") for element in elements}
        for element in elements:
            target = element.attrib.get("data-hx-target", "this")
            found = target in {"this", "closest li"} or target.removeprefix("#") in ids
            assert found, path
