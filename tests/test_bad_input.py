"""Bad input, whatever it is, gets an answer: never a failure of ours."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from urllib.parse import quote_from_bytes, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from .access import FORMS, READS
from .conftest import HTMX, PASSWORD, CheckedClient, Place, browser, sign_in

ODD = [
    "", " ", "0", "-1", "1.5", "1e9", "9" * 30, "-" + "9" * 30, "2147483648", str(2**63),
    "99999999999999999-1", "-99999999999999999-1", "1-999999999999999", "NaN", "null", "true",
    "\0", "a\0b", "\r\n", "a\r\nb: c", "\x0b\x1f\x7f", "\u2028", "\ufeff", "\ufffe", "😀" * 50,
    "שלום", "\u202eabc", "e\u0301" * 30, "İıſ", "日本語", "%", "%00", "%ff", "%%s", "{0}",
    "{{7*7}}",
    "../../etc/passwd", "..\\..", "/", "//", ".", "'\"<>&;--", "' OR 1=1 --", "*", "_", "\\",
    "x" * 10_000, "#" * 300, "[" * 500, "2026-02-30T00:00", "0001-01-01T00:00", "9999-12-31T23:59",
    "2026-03-29T02:30", "Europe/Berlin", "../UTC", "Mars/Phobos", "hello", "flask", "publish",
]  # fmt: skip
BYTES = [b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\x00", b"\xf0\x9f\x98"]

VALUES = st.sampled_from(ODD) | st.text(max_size=40) | st.integers().map(str)
RAW = VALUES.map(lambda text: text.encode(errors="surrogatepass")) | st.sampled_from(BYTES)
NAMES = {
    "query": ["tag", "after", "post", "folder", "before", "next", "q", "not", "v", "x"],
    "form": [
        *("csrf_token", "name", "email", "body", "post", "next", "password", "everywhere"),
        *("title", "slug", "description", "tags", "minutes", "publish_at", "zone", "action"),
        *("version", "x"),
    ],
}
PATHS = sorted(
    {path.split("?")[0] for path in READS.values()}
    | {path for path, _ in FORMS.values()}
    | {"/blog/{}", "/blog/{}.md", "/tags/{}", "/tags/{}/feed.xml", "/r/{}", "/static/{}"}
    | {"/admin/posts/{}", "/admin/messages/{}", "/admin/messages/{}/read", "/{}", "/p/{}"}
    | {"/admin/messages/{message}/{}", "/media/{}"}
)
HEADERS = [{}, HTMX, {"Accept": "text/markdown;q=x, */*"}, {"If-None-Match": '"', "Range": "x"}]

Client = CheckedClient


@pytest.fixture
def odd_client(app: Flask, sam: None) -> Client:
    """A signed-in browser that takes any page, whatever stands in it."""
    client = browser(app, checked=False)
    assert sign_in(client, "sam", PASSWORD).status_code == 303
    return client


def queries(names: list[str]) -> st.SearchStrategy[list[tuple[str, bytes]]]:
    return st.lists(st.tuples(st.sampled_from(names), RAW), max_size=5)


def path_with(place: Callable[[str], str], path: str, value: bytes) -> str:
    piece = quote_from_bytes(value, safe="/.")
    return place(path.replace("{}", "\x01")).replace("\x01", piece)


@settings(max_examples=50, phases=[Phase.explicit, Phase.generate, Phase.shrink])
@given(
    path=st.sampled_from(PATHS),
    value=RAW,
    query=queries(NAMES["query"]),
    headers=st.sampled_from(HEADERS),
)
@example("/admin/posts/{}", b"9" * 30, [], {})
@example("/admin/messages/{}", b"9223372036854775808", [], {})
@example("/", b"", [("after", b"-99999999999999999-1")], {})
@example("/admin/messages", b"", [("before", b"9" * 30)], {})
@example("/admin/login", b"", [("next", b"//[")], {})
@example("/blog/{}", b"a\x00b", [], {})
def test_no_address_makes_the_blog_fail(
    odd_client: Client,
    place: Place,
    path: str,
    value: bytes,
    query: list[tuple[str, bytes]],
    headers: dict[str, str],
) -> None:
    response = odd_client.get(
        path_with(place, path, value), query_string=urlencode(query), headers=headers
    )

    assert response.status_code < 500


@settings(max_examples=50, phases=[Phase.explicit, Phase.generate, Phase.shrink])
@given(
    endpoint=st.sampled_from(sorted(set(FORMS) - {"auth.logout"})),
    changed=queries(NAMES["form"]),
    headers=st.sampled_from([{}, HTMX]),
    token=st.booleans(),
)
@example("admin.preview", [("post", b"9" * 30)], {}, True)
@example("admin.preview", [("post", b"-1"), ("minutes", b"9" * 30)], {}, True)
@example(
    "admin.save_post", [("publish_at", b"0001-01-01T00:00"), ("action", b"publish")], {}, True
)
@example("admin.create_post", [("title", b"a\x00b"), ("action", b"publish")], {}, True)
@example("admin.act_on_posts", [("post", b"9" * 5000)], {}, True)
@example("auth.sign_in", [("next", b"//[")], {}, True)
def test_no_form_makes_the_blog_fail(
    app: Flask,
    odd_client: Client,
    place: Place,
    endpoint: str,
    changed: list[tuple[str, bytes]],
    headers: dict[str, str],
    token: bool,
) -> None:
    path, form = FORMS[endpoint]
    fields: dict[str, str | bytes] = {name: place(value) for name, value in form.items()}
    fields |= {"csrf_token": odd_client.token()} if token else {}

    response = odd_client.post(
        place(path),
        data=urlencode(fields | dict(changed)),
        content_type="application/x-www-form-urlencoded",
        headers=headers,
    )

    assert response.status_code < 500
    if response.status_code == 303:
        assert odd_client.get(response.location, headers=headers).status_code < 500


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(text=RAW, body=RAW)
@example(b"a\x00b", b"\x0b")
def test_whatever_an_author_writes_readers_can_read(
    odd_client: Client, text: bytes, body: bytes
) -> None:
    form = {"title": text, "description": text, "tags": text, "slug": text, "body": body}
    form |= {"action": b"publish", "csrf_token": odd_client.token().encode()}

    odd_client.post("/admin/posts/new", data=urlencode(form),
                    content_type="application/x-www-form-urlencoded")  # fmt: skip

    for path in ("/", "/feed.xml", "/feed.json", "/sitemap.xml", "/tags/", "/archive/", "/admin/"):
        assert odd_client.get(path).status_code == 200


@pytest.mark.parametrize(
    "kind",
    [
        *("", "multipart/form-data", "multipart/form-data; boundary=x", "application/json"),
        *("text/plain; charset=nonsense", "application/x-www-form-urlencoded; charset=utf-16"),
    ],
)
def test_no_broken_body_makes_the_blog_fail(odd_client: Client, kind: str) -> None:
    for body in (b"", b"--x", b"--x\r\n\r\n", b"\xff" * 100, b"a=1&a=2&=&%"):
        for path in ("/contact", "/admin/login", "/admin/posts/new", "/admin/preview"):
            assert odd_client.post(path, data=body, content_type=kind).status_code < 500


def test_thousands_of_fields_are_refused_unread(odd_client: Client) -> None:
    body = b"a=&" * 2_000_000
    began = process_time()

    answer = odd_client.post(
        "/contact", data=body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 413 and "2,000,001 fields" in answer.text
    assert process_time() - began < 1  # to read them takes some seconds
