"""Rules: a page has one address, and a redirect to it leads nowhere else."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from .conftest import MakePost


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("//", "", "/"),
        ("////", "tag=flask&q=a%20b", "/?tag=flask&q=a%20b"),
        ("//tags/", "", "/tags/"),
        ("////tags/", "a=1", "/tags/?a=1"),
        ("//blog/hello", "", "/blog/hello"),
        ("//contact", "", "/contact"),
        ("//evil.example/x", "", "/evil.example/x"),
        ("//evil.example//x", "", "/evil.example//x"),
        ("//\\evil.example/x", "", "/%5Cevil.example/x"),
        ("//sam@evil.example:80?#/x", "", "/sam@evil.example:80%3F%23/x"),
        ("//http://evil.example/x", "", "/http://evil.example/x"),
        ("//\r\nX: y", "", "/%0D%0AX:%20y"),
        ("//caf\u00e9".encode().decode("latin-1"), "", "/caf%C3%A9"),
    ],
)
def test_more_slashes_at_the_beginning_lead_to_the_address_with_one(
    app: Flask, make_post: MakePost, path: str, query: str, expected: str
) -> None:
    make_post("Hello", tags=["flask"])
    cache = app.extensions["pagecache"]

    for method in ("GET", "GET", "HEAD", "POST"):
        environ = create_environ(method=method, query_string=query) | {"PATH_INFO": path}
        _, status, headers = run_wsgi_app(app, environ, buffered=True)
        assert (status[:3], headers["Location"]) == ("308", expected)

    assert len(cache) == 0


def test_the_place_of_the_blog_at_its_host_stays_in_front(app: Flask) -> None:
    environ = create_environ() | {"SCRIPT_NAME": "/notes", "PATH_INFO": "//tags/"}

    _, status, headers = run_wsgi_app(app, environ, buffered=True)

    assert (status[:3], headers["Location"]) == ("308", "/notes/tags/")
