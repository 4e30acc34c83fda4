"""Guards: who may do what, at every endpoint that there is."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from blogapp.extensions import db
from blogapp.models import utcnow

from .access import (
    AUTHORS,
    AUTHORS_FORMS,
    FILE,
    FORMS,
    FORMS_WITH_A_TEXT,
    READERS,
    READS,
    VISITORS,
)
from .conftest import HTMX, IMAGE, CheckedClient, Place, browser

Dump = Callable[[], list[str]]

PICTURE = IMAGE.replace(b"\1\0\1\0\0", b"\1\0\1\0\1", 1)  # another one
READ_METHODS = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def dump(app: Flask) -> Dump:
    """Read the whole database, on a connection of its own."""

    def dump() -> list[str]:
        connection = sqlite3.connect(app.config["BLOG"].instance / "blog.db")
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    return dump


def filled(endpoint: str, place: Place) -> tuple[str, dict[str, Any]]:
    """The address of a form, and what is sent there, but for the token."""
    path, form = FORMS[endpoint]
    values: dict[str, Any] = {name: place(value) for name, value in form.items()}
    sent = {name: (io.BytesIO(PICTURE), "a.gif") for name in form if form[name] == FILE}
    return place(path), values | sent


def test_every_endpoint_stands_in_the_access_table(app: Flask) -> None:
    rules = list(app.url_map.iter_rules())

    reads = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    writes = {rule.endpoint for rule in rules if (rule.methods or set()) - READ_METHODS}
    assert reads == set(READS)
    assert writes == set(FORMS)


def test_every_address_in_the_table_leads_to_its_endpoint(app: Flask, place: Place) -> None:
    router = app.url_map.bind("blog.example")
    addresses = [("GET", endpoint, path) for endpoint, path in READS.items()]
    addresses += [("POST", endpoint, path) for endpoint, (path, _) in FORMS.items()]

    for method, endpoint, path in addresses:
        found, _ = router.match(urlsplit(place(path)).path, method)
        assert found == endpoint


def test_a_visitor_reads_what_is_public(client: CheckedClient, place: Place) -> None:
    for endpoint, path in (READERS | VISITORS).items():
        assert client.get(place(path)).status_code == 200, endpoint


def test_a_visitor_is_sent_from_the_authors_pages_to_the_sign_in(
    client: CheckedClient, place: Place
) -> None:
    for path in map(place, AUTHORS.values()):
        response = client.get(path)

        back = path.replace("=", "%3D")
        assert (response.status_code, response.location) == (303, f"/admin/login?next={back}")


def test_a_visitor_with_htmx_is_refused_the_authors_parts(
    client: CheckedClient, place: Place
) -> None:
    for endpoint, path in AUTHORS.items():
        assert client.get(place(path), headers=HTMX).status_code == 401, endpoint


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
@pytest.mark.parametrize("endpoint", AUTHORS_FORMS)
def test_a_visitor_with_a_valid_token_cannot_send_the_authors_forms(
    client: CheckedClient, place: Place, dump: Dump, endpoint: str, headers: dict[str, str]
) -> None:
    path, form = filled(endpoint, place)
    form = form | {"csrf_token": client.token()}
    before = dump()

    response = client.post(path, data=form, headers=headers)

    gives_it_back = "sign_in_password" in response.text
    assert gives_it_back is (endpoint in FORMS_WITH_A_TEXT)
    if gives_it_back or headers:
        assert response.status_code == 401
    else:
        assert (response.status_code, response.location) == (303, "/admin/login")
    assert dump() == before


def test_a_form_of_another_site_comes_without_the_cookie_and_takes_it_from_nobody(
    client: CheckedClient, place: Place, dump: Dump
) -> None:
    before = dump()

    for endpoint in FORMS:
        path, form = filled(endpoint, place)
        response = client.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})

        assert "Set-Cookie" not in response.headers, endpoint
        if endpoint in AUTHORS_FORMS:
            assert (response.status_code, response.location) == (303, "/admin/login"), endpoint
    assert dump() == before


@pytest.mark.parametrize("endpoint", FORMS)
def test_a_form_without_its_token_changes_nothing(
    app: Flask, author_client: CheckedClient, place: Place, dump: Dump, endpoint: str
) -> None:
    tokens = ("", "wrong", browser(app).token())  # the last is another visitor's
    before = dump()

    for token in ({}, *({"csrf_token": token} for token in tokens)):
        path, form = filled(endpoint, place)
        response = author_client.post(path, data=form | token)

        assert response.status_code in {400, 422}, token
        assert dump() == before, token
    assert author_client.get("/admin/").status_code == 200


@pytest.mark.parametrize("endpoint", FORMS)
def test_a_form_with_its_token_is_taken(
    author_client: CheckedClient, place: Place, dump: Dump, endpoint: str
) -> None:
    path, form = filled(endpoint, place)
    form = form | {"csrf_token": author_client.token()}
    before = dump()

    response = author_client.post(path, data=form)

    looks = endpoint in {
        "admin.preview",
        "admin.paste",
        "admin.compare_copy",
        "admin.try_notification",
    }  # and changes nothing
    stays = endpoint == "admin.autosave" or (looks and endpoint != "admin.try_notification")
    assert response.status_code == (200 if stays else 303)
    assert (dump() == before) == looks


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/contact", "/blog/hello", "/admin/"])
def test_other_methods_are_not_allowed(
    author_client: CheckedClient, place: Place, path: str, method: str
) -> None:
    response = author_client.open(place(path), method=method)

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.fixture
def written(app: Flask) -> Iterator[list[str]]:
    """All that SQL is asked for but to read."""
    seen: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split()[0].upper() not in {"SELECT", "PRAGMA", "WITH"}:
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_a_get_never_writes(
    app: Flask,
    author_client: CheckedClient,
    place: Place,
    dump: Dump,
    written: list[str],
    headers: dict[str, str],
) -> None:
    author_client.get("/admin/")
    before = dump()
    written.clear()

    for client in (author_client, browser(app)):
        for endpoint, address in READS.items():
            client.get(place(address), headers=headers)
            if endpoint == "blog.ready":  # it tries to write, and takes it back
                assert written == ["DELETE FROM attempts WHERE id < 0"]
                written.clear()
            assert written == [], endpoint

    assert dump() == before


def test_a_public_page_sets_no_cookie_and_does_not_depend_on_one(
    author_client: CheckedClient, place: Place
) -> None:
    for endpoint, path in READERS.items():
        response = author_client.get(place(path))

        assert "Set-Cookie" not in response.headers, endpoint
        assert "cookie" not in {name.lower() for name in response.vary}, endpoint
        assert "private" not in response.headers["Cache-Control"], endpoint


def test_a_public_page_is_the_same_for_visitor_and_author(
    client: CheckedClient, author_client: CheckedClient, place: Place
) -> None:
    with time_machine.travel(utcnow(), tick=False):  # /readyz counts seconds
        for endpoint, path in READERS.items():
            assert client.get(place(path)).data == author_client.get(place(path)).data, endpoint


def test_nobody_may_keep_or_find_what_holds_a_token_or_somebodys_words(
    author_client: CheckedClient, place: Place
) -> None:
    for endpoint, path in (VISITORS | AUTHORS).items():
        response = author_client.get(place(path))

        assert response.headers["Cache-Control"] == "no-store", endpoint
        assert response.headers["X-Robots-Tag"] == "noindex", endpoint
