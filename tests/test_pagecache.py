"""The page cache: readers see what the application would answer now, and nobody's own pages."""

from __future__ import annotations

import gzip
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import brotli
import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import cached, pagecache, posts, texts
from blogapp.extensions import db
from blogapp.pagecache import PageCache

from .conftest import HTMX, PAST, MakePost, Place, browser

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PAGES = [
    *("/", "/blog/hello", "/blog/hello.md", "/tags/", "/tags/flask", "/archive/", "/feed.xml"),
    *("/feed.json", "/sitemap.xml", "/robots.txt", "/tags/flask/feed.xml", "/series/a-series"),
]


@pytest.fixture
def cache(app: Flask) -> PageCache:
    found = app.extensions["pagecache"]
    assert isinstance(found, PageCache)
    return found


@pytest.fixture
def get(app: Flask) -> Callable[..., TestResponse]:
    """Ask as a reader who has never been here."""

    def ask(
        path: str, *, method: str = "GET", session: bool = False, **headers: str
    ) -> TestResponse:
        client = browser(app, checked=False)
        if session:  # who has one is always answered by the application itself
            client.set_cookie("blog_session", "nobody")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(path, method=method, headers=named)

    return ask


Get = Callable[..., TestResponse]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_once_and_is_what_the_application_answers(
    get: Get, cache: PageCache, place: Place, make_post: MakePost, path: str
) -> None:
    place("")
    make_post("Part", series="A series")
    made = cache.fills

    first, second = get(path), get(path)

    assert (first.status_code, cache.fills) == (200, made + 1)
    assert first.data == second.data == get(path, session=True).data
    assert [*first.headers] == [*second.headers]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("br;q=0.1, gzip", "gzip"),
        ("*", "br"),
        ("deflate", None),
        ("", None),
    ],
)
def test_a_page_comes_in_the_coding_that_is_taken_with_an_etag_of_its_own(
    get: Get, place: Place, accepted: str, coding: str | None
) -> None:
    place("")
    plain = get("/blog/hello")

    answer = get("/blog/hello", Accept_Encoding=accepted)

    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert answer.headers.get("Content-Encoding") == coding
    assert decode(answer.data) == plain.data
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert (answer.headers["ETag"] == plain.headers["ETag"]) == (coding is None)
    assert not answer.headers["ETag"].startswith("W/")
    assert "Accept-Encoding" in answer.vary and "Accept" in answer.vary


def test_who_has_the_page_is_told_so_without_it(get: Get, place: Place) -> None:
    place("")
    page = get("/", Accept_Encoding="br")
    etag = page.headers["ETag"]

    for held in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = get("/", Accept_Encoding="br", If_None_Match=held)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Cache-Control"] == page.headers["Cache-Control"]
        assert answer.headers["Vary"] == page.headers["Vary"]
    for other in ('"other"', get("/").headers["ETag"]):
        assert get("/", Accept_Encoding="br", If_None_Match=other).status_code == 200


def test_the_date_tells_a_change_once_it_can(get: Get, make_post: MakePost, app: Flask) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        make_post("Hello")
        app.extensions["pagecache"].clear()
        young = get("/blog/hello")
        clock.shift(timedelta(seconds=10))
        make_post("Another")
        clock.shift(timedelta(days=400))
        page = get("/blog/hello")

        since = page.headers["Last-Modified"]
        assert "Last-Modified" not in young.headers
        assert get("/blog/hello", If_Modified_Since=since).status_code == 304
        earlier = "Sat, 14 Mar 2020 09:00:00 GMT"
        assert get("/blog/hello", If_Modified_Since=earlier).status_code == 200
        both = {"If_Modified_Since": since, "If_None_Match": '"other"'}
        assert get("/blog/hello", **both).status_code == 200
        for no_date in ("yesterday", "Sat, 14 Mar 99999999999999999999 09:00:00 GMT"):
            assert get("/blog/hello", If_Modified_Since=no_date).status_code == 200


def test_part_and_page_and_source_are_never_mixed_up(
    get: Get, place: Place, cache: PageCache
) -> None:
    place("")
    markdown = {"Accept": "text/markdown"}
    history = {**HTMX, "HX-History-Restore-Request": "true"}

    for _ in range(2):
        assert get("/").text.startswith("<!doctype html>")
        assert 'id="article-list"' in get("/", **HTMX).text.partition(">")[0]
        assert get("/", **history).text.startswith("<!doctype html>")
        assert get("/blog/hello", **markdown).mimetype == "text/markdown"
        assert get("/blog/hello").mimetype == "text/html"
    assert get("/").headers["ETag"] != get("/", **HTMX).headers["ETag"]


def test_head_is_a_page_without_its_body(get: Get, place: Place) -> None:
    place("")

    head, page = get("/", method="HEAD"), get("/")

    assert (head.status_code, head.data) == (200, b"")
    assert [*head.headers] == [*page.headers]
    missing = get("/blog/nothing", method="HEAD")
    assert (missing.status_code, missing.data) == (404, b"")


def test_the_next_reader_sees_a_change(get: Get, app: Flask, make_post: MakePost) -> None:
    post = make_post("Hello")
    assert "Hello" in get("/").text

    with app.app_context():
        posts.revise(posts.get(post.id), texts.Text(title="Changed", slug="hello"))
        assert "Hello" in get("/").text
        db.session.commit()

    assert "Changed" in get("/").text and "Changed" in get("/blog/hello").text


def test_a_change_that_is_taken_back_leaves_the_page(
    get: Get, app: Flask, make_post: MakePost, cache: PageCache
) -> None:
    post = make_post("Hello")
    get("/")
    made = cache.fills

    with app.app_context():
        posts.revise(posts.get(post.id), texts.Text(title="Changed", slug="hello"))
        db.session.rollback()

    assert ("Hello" in get("/").text, cache.fills) == (True, made)


def test_no_page_outlives_the_moment_of_the_next_article(get: Get, make_post: MakePost) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        make_post("Later", PAST + timedelta(hours=1))
        clock.shift(timedelta(minutes=59, seconds=59))
        before = [get("/").text, get("/feed.xml").text]
        clock.shift(timedelta(seconds=1))

        assert not any("Later" in page for page in before)
        assert all("Later" in get(path).text for path in ("/", "/feed.xml", "/blog/later"))


def test_what_one_visitor_types_is_kept_for_nobody(
    get: Get, cache: PageCache, place: Place
) -> None:
    place("")

    for path in ("/contact", "/nothing", "/blog/nothing", "/?tag=nothing&x=1", "/healthz"):
        get(path)

    assert len(cache) == 0


def test_made_up_queries_fill_nothing(get: Get, cache: PageCache, place: Place) -> None:
    place("")
    get("/blog/hello")
    size = (len(cache), cache.size)

    for number in range(20):
        assert get(f"/blog/hello?utm={number}").status_code == 200
        assert get(f"/?utm={number}").status_code == 301
        assert get(f"/?q=word{number}").status_code == 200

    assert (len(cache), cache.size) == size


def test_a_search_is_kept_from_the_second_time_on(
    get: Get, cache: PageCache, place: Place
) -> None:
    place("")

    sizes = [get("/?q=hello") and len(cache) for _ in range(3)]

    assert sizes == [0, 1, 1]


def test_a_file_has_one_spelling(get: Get, cache: PageCache, place: Place) -> None:
    place("")
    found = re.search(r'href="(/static/-/[0-9a-f]+/)img/icon.svg"', get("/").text)
    assert found is not None
    kept = len(cache)

    assert get(f"{found[1]}img/icon.svg").status_code == 200
    for other in ("img/./icon.svg", "x/../img/icon.svg", f"{'a' * 300}.css", "../../wsgi.py"):
        assert get(found[1] + other).status_code in {404, 301, 308}
    assert len(cache) == kept + 1


def test_it_holds_only_so_many_bytes_and_lets_the_oldest_go(
    app: Flask, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        make_post(f"Post {number}")
    small = PageCache(app, most_bytes=4 * cached.OVERHEAD)
    monkeypatch.setattr(small, "app", app.extensions["pagecache"].app)
    monkeypatch.setattr(app, "wsgi_app", small.answer)
    client = browser(app, checked=False)

    for number in (0, 1, 2, 0, 3, 4):
        client.get(f"/blog/post-{number}", headers={"Accept-Encoding": "br"})
    made = small.fills

    assert 0 < small.size <= 4 * cached.OVERHEAD
    client.get("/blog/post-4", headers={"Accept-Encoding": "br"})
    assert small.fills == made
    client.get("/blog/post-1", headers={"Accept-Encoding": "br"})
    assert small.fills == made + 1


def test_who_is_signed_in_neither_reads_nor_writes(
    app: Flask, cache: PageCache, place: Place, get: Get
) -> None:
    place("")
    get("/")
    kept, made = len(cache), cache.fills

    for path in PAGES:
        get(path, session=True)

    assert (len(cache), cache.fills) == (kept, made)


@pytest.mark.parametrize("testing", [True, False])
@pytest.mark.parametrize(
    ("name", "value"),
    [("Set-Cookie", "a=b"), ("Vary", "HX-Request, Cookie"), ("Cache-Control", "no-store")],
)
def test_a_page_that_is_somebodys_own_is_never_kept_and_fails_a_test(
    app: Flask,
    get: Get,
    monkeypatch: pytest.MonkeyPatch,
    place: Place,
    caplog: pytest.LogCaptureFixture,
    name: str,
    value: str,
    testing: bool,
) -> None:
    place("")
    view = app.view_functions["blog.archive"]

    @pagecache.cacheable()
    def own() -> tuple[str, dict[str, str]]:
        return "secret", {name: value}

    monkeypatch.setitem(app.view_functions, "blog.archive", own)
    app.testing = testing
    with pytest.raises(AssertionError, match=name) if testing else nullcontext():
        assert get("/archive/").text == "secret"
    monkeypatch.setitem(app.view_functions, "blog.archive", view)
    assert "secret" not in get("/archive/").text
    assert (name in caplog.text) is not testing


def test_readers_who_wait_for_a_planned_article_get_one_page(
    app: Flask, cache: PageCache, make_post: MakePost, get: Get
) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        make_post("Hello", PAST + timedelta(hours=1))
        assert get("/blog/hello").status_code == 404
        made = cache.fills
        clock.shift(timedelta(hours=2))

        with ThreadPoolExecutor(8) as readers:
            answers = {reader.data for reader in readers.map(get, ["/blog/hello"] * 16)}

    assert (len(answers), cache.fills) == (1, made + 1)


@pytest.mark.parametrize("asked_before", [False, True])
def test_readers_who_come_together_wait_for_one_page(
    app: Flask,
    cache: PageCache,
    make_post: MakePost,
    get: Get,
    monkeypatch: pytest.MonkeyPatch,
    asked_before: bool,
) -> None:
    if asked_before:
        assert get("/blog/hello").status_code == 404
    make_post("Hello")
    view = app.view_functions["blog.article"]
    begun, go_on = threading.Event(), threading.Event()

    def slow(slug: str) -> object:
        begun.set()
        assert go_on.wait(10)
        return view(slug=slug)

    monkeypatch.setitem(app.view_functions, "blog.article", slow)
    made = cache.fills
    with ThreadPoolExecutor(8) as readers:
        first = readers.submit(get, "/blog/hello")
        assert begun.wait(10)
        others = [readers.submit(get, "/blog/hello") for _ in range(7)]
        go_on.set()
        answers = {reader.result().data for reader in (first, *others)}

    assert (len(answers), cache.fills) == (1, made + 1)


def test_readers_who_come_together_wait_for_one_encoding(
    cache: PageCache, place: Place, get: Get
) -> None:
    place("")
    get("/blog/hello")
    page = cache._find(("/blog/hello", "", 0))
    assert page is not None
    size, together = cache.size, threading.Barrier(8)

    class Ready(dict[str, cached.Ready]):
        """Lets nobody go on before each reader has looked in vain."""

        looked: ClassVar[set[int]] = set()
        added = 0

        def get(self, key: str, default: Any = None) -> Any:
            found = super().get(key, default)
            if threading.get_ident() not in self.looked:
                self.looked.add(threading.get_ident())
                together.wait(30)
            return found

        def __setitem__(self, key: str, ready: cached.Ready) -> None:
            self.added += 1
            super().__setitem__(key, ready)

    page.ready = kept = Ready(page.ready)
    with ThreadPoolExecutor(8) as readers:
        asked = [readers.submit(get, "/blog/hello", Accept_Encoding="br") for _ in range(8)]
        [sent] = {reader.result().data for reader in asked}

    assert (kept.added, cache.size) == (1, size + len(sent))


def test_while_posts_are_published_each_page_is_made_once_for_all_readers(
    app: Flask, cache: PageCache, make_post: MakePost, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post("Hello", tags=["flask"])
    behind, made = cache.app, Counter[tuple[str, int]]()
    rounds = 6
    begin = threading.Barrier(65)

    def count(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = behind(environ, start_response)
        made[environ["PATH_INFO"], environ["blog.cache.marked"].generation] += 1
        return answer

    def read(number: int) -> set[int]:
        path = ("/", "/blog/hello", "/tags/flask", "/feed.xml")[number % 4]
        seen = set()
        for _ in range(rounds):
            begin.wait(30)
            seen |= {get(path).status_code for _ in range(4)}
        return seen

    monkeypatch.setattr(cache, "app", count)
    with ThreadPoolExecutor(64) as readers:
        reading = [readers.submit(read, number) for number in range(64)]
        for number in range(rounds):
            begin.wait(30)
            make_post(f"Post {number}", tags=["flask"])
        statuses = set().union(*(reader.result() for reader in reading))

    assert statuses == {200}
    assert len(made) >= 8 and set(made.values()) == {1}
