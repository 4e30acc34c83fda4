"""Failures: each has its page and its part, says what to do, and loses nothing."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import counting, messages
from blogapp.extensions import db

from .conftest import HTMX, CheckedClient, MakeMessage, MakePost, browser
from .pages import parse, text_of

as_both = pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])


@as_both
@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nothing", 404, "There is no page at this address."),
        ("GET", "/blog/nothing", 404, "There is no article at this address."),
        ("GET", "/r/nothing", 404, "Did the whole link arrive?"),
        ("GET", "/?tag=a&tag=b&tag=c&tag=d", 400, "Take one away."),
        ("DELETE", "/contact", 405, "does not take that kind of request"),
        ("POST", "/admin/logout", 400, ""),
    ],
)
def test_a_failure_has_its_page_and_its_part(
    client: CheckedClient, headers: dict[str, str], method: str, path: str, status: int, said: str
) -> None:
    response = client.open(path, method=method, headers=headers)

    assert response.status_code == status
    assert said in response.text
    assert response.text.startswith("<!doctype html>") is (headers == {})
    assert response.headers["Cache-Control"] == "no-store"
    if not headers:
        path_line = [text_of(e) for e in parse(response.text) if e.attrib.get("class") == "path"]
        assert path_line == [f"exit {status}"]


def encoded(kind: str, form: dict[str, str]) -> dict[str, Any]:
    """Write a form as browsers do, in one of their two ways."""
    if kind == "urlencoded":
        return {"data": urlencode(form), "content_type": "application/x-www-form-urlencoded"}
    parts = [
        f'--line\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.items()
    ]
    return {
        "data": "".join([*parts, "--line--\r\n"]),
        "content_type": "multipart/form-data; boundary=line",
    }


@as_both
@pytest.mark.parametrize("path", ["/contact", "/admin/posts/new", "/admin/preview"])
@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_a_form_that_is_too_large_says_how_large_it_may_be(
    app: Flask, author_client: CheckedClient, headers: dict[str, str], path: str, kind: str
) -> None:
    limit = app.config["MAX_CONTENT_LENGTH"]
    form = encoded(kind, {"body": "x" * (limit + 1)})

    response = author_client.post(path, headers=headers, **form)

    assert response.status_code == 413
    assert f"at most {limit // 2**20} MB" in response.text


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_a_text_of_two_megabytes_is_not_too_large(author_client: CheckedClient, kind: str) -> None:
    form = {"body": "x\n" * 1_000_000, "csrf_token": author_client.token()}

    response = author_client.post("/contact", **encoded(kind, form))

    assert response.status_code == 422  # for its own reasons


@as_both
def test_a_bug_is_written_down_and_says_nothing_of_itself(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(counting, "of", fail)
    app.testing = False

    with caplog.at_level(logging.ERROR):
        response = browser(app).get("/", headers=headers)

    assert response.status_code == 500
    assert "it has been written down" in response.text
    assert "secret" not in response.text
    assert "the secret reason" in caplog.text and "unexpected failure at /" in caplog.text


def test_neither_words_nor_secret_addresses_are_written_down(
    app: Flask,
    caplog: pytest.LogCaptureFixture,
    make_message: MakeMessage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a surprise")

    _, token = make_message()
    app.testing = False
    client = browser(app)
    form = {"name": "Vera", "email": "canary@example.org", "body": "canary words"}
    form["csrf_token"] = client.token()
    with app.app_context(), db.engine.begin() as connection:
        refuse = "CREATE TRIGGER no BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'no'); END"
        connection.execute(sa.text(refuse))

    refused = client.post("/contact", data=form)
    monkeypatch.setattr(messages, "add_line", fail)
    broken = client.post(f"/r/{token}", data=form)

    assert (refused.status_code, broken.status_code) == (500, 500)
    assert "INSERT INTO messages" in caplog.text
    assert "unexpected failure at /r/<token>" in caplog.text
    assert "canary" not in caplog.text and token not in caplog.text


def test_a_database_that_does_not_answer_asks_to_come_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("SELECT secret", {}, Exception("locked"))

    monkeypatch.setattr(counting, "of", fail)
    app.testing = False

    response = browser(app).get("/")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "secret" not in response.text


def test_a_refused_form_of_another_kind_gives_the_text_back(author_client: CheckedClient) -> None:
    form = {"note": "Every <word>.", "csrf_token": "stale", "password": "hidden words"}

    response = author_client.post("/admin/messages/1/read", data=form)

    assert response.status_code == 400
    assert "Every &lt;word&gt;." in response.text
    assert "hidden words" not in response.text and "stale" not in response.text


def test_a_busy_database_gives_every_word_back(
    app: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))

    form = {"name": "Vera", "email": "vera@example.org", "body": "Precious words."}
    form["csrf_token"] = client.token()
    monkeypatch.setattr(messages, "receive", fail)
    app.testing = False

    response = client.post("/contact", data=form)

    assert response.status_code == 503
    assert "Precious words." in response.text
    assert "blogapp init" not in response.text


class Failure(Exception):
    """What a driver raises: with a code on PostgreSQL, with words alone on SQLite."""

    def __init__(self, said: str, sqlstate: str | None = None) -> None:
        super().__init__(said)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "failure", "said"),
    [
        (sa.exc.OperationalError, Failure("database or disk is full"), "The disk is full"),
        (sa.exc.OperationalError, Failure("could not extend file", "53100"), "The disk is full"),
        (sa.exc.OperationalError, Failure("deadlock detected", "40P01"), "Too much is being writ"),
        (sa.exc.OperationalError, Failure("canceling statement", "55P03"), "Too much is being wr"),
        (sa.exc.OperationalError, Failure("no such table: posts"), "not set up yet"),
        (sa.exc.ProgrammingError, Failure("does not exist", "42P01"), "not set up yet"),
        (sa.exc.OperationalError, Failure("disk I/O error"), "The database does not answer"),
    ],
)
def test_a_save_that_the_database_cannot_do_says_why_and_gives_every_word_back(
    app: Flask,
    author_client: CheckedClient,
    kind: type[sa.exc.DBAPIError],
    failure: Failure,
    said: str,
) -> None:
    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO posts"):
            raise kind(statement, {}, failure)

    form = {"title": "Long", "body": "Precious words.", "csrf_token": author_client.token()}
    app.testing = False
    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", fail)
    try:
        response = author_client.post("/admin/posts/new", data=form)
    finally:
        sa.event.remove(engine, "before_cursor_execute", fail)

    assert response.status_code == 503 and said in response.text
    assert "Precious words." in response.text
    assert ("blogapp init" in response.text) is (said == "not set up yet")


def test_an_author_of_a_blog_that_is_not_set_up_is_told_so(
    app: Flask, author_client: CheckedClient
) -> None:
    with app.app_context():
        db.drop_all()

    response = author_client.get("/admin/")

    assert response.status_code == 503 and "blogapp init" in response.text


@pytest.mark.parametrize("path", ["/tags", "/archive", "/admin", "//blog//x"])
def test_a_redirect_of_the_routing_never_names_the_host_it_was_asked_by(
    client: CheckedClient, path: str
) -> None:
    response = client.get(path, headers={"Host": "evil.example"})

    assert response.status_code == 308
    assert response.location.startswith("/") and "evil" not in response.location
    assert "evil" not in response.text


def test_browsers_ask_again_before_they_follow_an_old_address(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", tags=["a"])

    for path in ("/?tag=A", "/tags/A", "/tags"):
        assert client.get(path).headers["Cache-Control"] == "no-cache", path
