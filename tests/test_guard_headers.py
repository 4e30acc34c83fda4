"""Guards: what every response says to browsers."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import counting

from .access import READS
from .conftest import PAST, CheckedClient, MakeApp, Place, browser, sign_in

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


IMAGE_POLICY = "default-src 'none'; sandbox"


def check(response: TestResponse, policy: str = CONTENT_POLICY) -> None:
    headers = response.headers
    assert headers.getlist("Content-Security-Policy") == [policy]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] in {
        "no-referrer",
        "same-origin",
        "strict-origin-when-cross-origin",
    }
    shared = headers.get("Access-Control-Allow-Origin") == "*"
    readers = headers["Cross-Origin-Resource-Policy"]
    assert readers == ("cross-origin" if shared else "same-origin")


def test_every_page_and_file_has_them(author_client: CheckedClient, place: Place) -> None:
    for endpoint, path in READS.items():
        policy = IMAGE_POLICY if endpoint == "blog.image" else CONTENT_POLICY
        check(author_client.get(place(path)), policy)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?tag=Flask", 301),
        ("/tags/FLASK", 301),
        ("/tags", 308),
        ("/admin/messages", 303),
        ("/?tag=a&tag=b&tag=c&tag=d", 400),
        ("/nothing", 404),
        ("/blog/nothing", 404),
        ("/static/nothing.css", 404),
        ("/static/nothing.css?v=1", 404),
        ("/static/../blogapp/config.py", 404),
        ("/admin/logout", 405),
    ],
)
def test_redirects_and_errors_have_them(
    client: CheckedClient, place: Place, path: str, status: int
) -> None:
    place("")

    response = client.get(path)

    assert response.status_code == status
    check(response)


def test_who_has_a_page_is_told_nothing_of_it_again(client: CheckedClient) -> None:
    page = client.get("/feed.xml").headers  # what other sites may read says so each time

    response = client.get("/feed.xml", headers={"If-None-Match": page["ETag"]})

    names = ("Cache-Control", "Access-Control-Allow-Origin", "Vary", "ETag")
    assert (response.status_code, response.data) == (304, b"")
    assert dict(response.headers) == {name: page[name] for name in names}


@pytest.mark.parametrize("data", [{"csrf_token": "wrong"}, {"body": "x" * 5_000_000}])
def test_refused_forms_have_them(client: CheckedClient, data: dict[str, str]) -> None:
    response = client.post("/contact", data=data)

    assert response.status_code in {413, 422}
    check(response)


def test_an_answer_to_too_many_attempts_has_them(client: CheckedClient, sam: None) -> None:
    with time_machine.travel(PAST, tick=False):
        for _ in range(5):
            sign_in(client, password="wrong")
        response = sign_in(client)

    assert response.status_code == 429
    check(response)


@pytest.mark.parametrize(
    ("failure", "status"),
    [(RuntimeError("x"), 500), (sa.exc.OperationalError("x", {}, Exception("x")), 503)],
)
def test_failures_of_ours_have_them(
    app: Flask, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(counting, "of", fail)
    app.testing = False

    response = browser(app).get("/")

    assert response.status_code == status
    check(response)


def test_feeds_and_sources_may_be_read_by_other_sites_and_pages_may_not(
    client: CheckedClient, place: Place
) -> None:
    shared = ["/feed.xml", "/feed.json", "/tags/flask/feed.xml", "/blog/hello.md"]
    place("")

    for path in shared:
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
    for path in ["/", "/blog/hello", "/contact"]:
        assert "Access-Control-Allow-Origin" not in client.get(path).headers


def test_plain_http_gets_no_promise_of_https(make_app: MakeApp) -> None:
    response = make_app(url="http://127.0.0.1:8000").test_client().get("/")

    assert "Strict-Transport-Security" not in response.headers


def test_a_file_of_this_very_version_is_kept_for_ever_and_no_other(
    client: CheckedClient,
) -> None:
    current = re.search(r'href="(/static/-/[0-9a-f]{12}/reader.css)"', client.get("/").text)
    assert current is not None

    def kept(path: str) -> bool:
        return "immutable" in client.get(path).headers.get("Cache-Control", "")

    assert kept(current[1]) and not kept("/static/-/0123456789ab/reader.css")
    assert not kept("/static/css/site.css")


def test_the_session_cookie_is_for_this_site_over_https_and_not_for_scripts(
    app: Flask, client: CheckedClient
) -> None:
    cookie = client.get("/contact").headers["Set-Cookie"]

    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
