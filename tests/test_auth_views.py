"""Signing in and out."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from blogapp import create_app, security
from blogapp.extensions import db
from blogapp.models import Post, Session

from .conftest import HTMX, PASSWORD, PAST, CheckedClient, MakeApp, MakePost, browser, sign_in
from .pages import parse


def is_author(client: CheckedClient) -> bool:
    return client.get("/admin/").status_code == 200


def cookie_of(client: CheckedClient) -> str:
    cookie = client.get_cookie("blog_session")
    assert cookie is not None
    return cookie.value


def put_cookie(client: CheckedClient, value: str) -> None:
    client.set_cookie("blog_session", value)


def test_an_author_signs_in(client: CheckedClient, sam: None) -> None:
    assert not is_author(client)

    response = sign_in(client)

    assert (response.status_code, response.location) == (303, "/admin/")
    assert is_author(client)


@pytest.mark.parametrize(
    ("name", "password"), [("sam", "a bad guess"), ("nobody", "a bad guess"), ("nobody", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    client: CheckedClient, sam: None, name: str, password: str
) -> None:
    response = sign_in(client, name, password)

    assert response.status_code == 422
    assert 'id="error-password">Name or password is wrong.<' in response.text
    assert f'value="{name}"' in response.text
    assert password not in response.text
    assert not is_author(client)


@pytest.mark.parametrize("field", ["name", "password"])
def test_an_empty_field_is_no_attempt(client: CheckedClient, sam: None, field: str) -> None:
    for _ in range(6):
        assert sign_in(client, data={field: ""}).status_code == 422

    assert sign_in(client).status_code == 303


# Sessions


def test_each_sign_in_begins_a_new_session(app: Flask, sam: None) -> None:
    client = browser(app)
    before = client.token() and cookie_of(client)
    sign_in(client)
    first = cookie_of(client)
    client.post("/admin/logout", data={"csrf_token": client.token()})
    sign_in(client)

    assert len({before, first, cookie_of(client)}) == 3
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Session.id))) == 1


def test_a_session_from_before_the_sign_in_is_worth_nothing(app: Flask, sam: None) -> None:
    victim = browser(app)
    victim.get("/contact")
    planted = cookie_of(victim)
    sign_in(victim)

    thief = browser(app)
    put_cookie(thief, planted)
    assert not is_author(thief)


def test_signing_out_ends_the_session_though_its_cookie_is_replayed(
    app: Flask, author_client: CheckedClient
) -> None:
    kept = cookie_of(author_client)
    form = {"csrf_token": author_client.token("/contact")}

    response = author_client.post("/admin/logout", data=form)

    assert (response.status_code, response.location) == (303, "/")
    thief = browser(app)
    put_cookie(thief, kept)
    assert not is_author(thief) and not is_author(author_client)


@pytest.mark.parametrize(("form", "stays"), [({}, True), ({"everywhere": "1"}, False)])
def test_signing_out_everywhere_ends_all_sessions(
    app: Flask, author_client: CheckedClient, form: dict[str, str], stays: bool
) -> None:
    other = browser(app)
    sign_in(other)

    author_client.post("/admin/logout", data=form | {"csrf_token": author_client.token()})

    assert not is_author(author_client)
    assert is_author(other) is stays


def test_a_forged_cookie_is_nobody(client: CheckedClient, sam: None) -> None:
    put_cookie(client, "eyJ0b2tlbiI6IngifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")

    assert not is_author(client)


def test_a_session_lasts_thirty_days_from_the_sign_in(app: Flask, sam: None) -> None:
    client = browser(app)
    with time_machine.travel(PAST, tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(days=29, hours=23))
        assert is_author(client)
        clock.shift(timedelta(hours=2))
        assert not is_author(client)


# The way back


@pytest.mark.parametrize(
    "target", ["/admin/posts/new", "/admin/messages?folder=archive", "/?tag=a"]
)
def test_the_author_comes_back_to_where_they_wanted_to_go(
    client: CheckedClient, sam: None, target: str
) -> None:
    response = sign_in(client, data={"next": target})

    assert response.location == target
    assert client.get(f"/admin/login?next={target.replace('&', '%26')}").location == target


def test_the_way_there_is_kept_in_the_form(client: CheckedClient) -> None:
    response = client.get("/admin/messages?folder=archive")
    page = client.get(response.location).text

    assert re.search(r'name="next"[^>]*value="/admin/messages\?folder=archive"', page)


ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\/evil.example",
    "/\\/evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
    "https:/evil.example", "HTTPS://evil.example", "javascript:alert(1)", "data:text/html,x",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "/\r\n/evil.example",
    "\x00//evil.example", "evil.example", "@evil.example", "/\u2028/evil.example", "?x", "#x",
    "//blog.example@evil.example", "//[", "http://[::1", "/\x0b/evil.example", "",
]  # fmt: skip


def resolved(location: str) -> str:
    """The host that a browser goes to: it drops tabs and line ends, and turns backslashes."""
    cleaned = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    return urlsplit(urljoin("https://blog.example/admin/login", cleaned)).netloc


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_way_to_another_site_is_not_taken(client: CheckedClient, sam: None, target: str) -> None:
    response = sign_in(client, data={"next": target})

    assert (response.status_code, response.location) == (303, "/admin/")


@pytest.mark.parametrize("target", ["/%09/evil.example", "/%5Cevil.example", "/%2F/evil.example"])
def test_an_encoded_way_stays_here(client: CheckedClient, sam: None, target: str) -> None:
    by_form = sign_in(client, data={"next": target})
    by_query = client.get("/admin/login", query_string={"next": target})
    decoded_once = client.get(f"/admin/login?next={target}")

    for response in (by_form, by_query, decoded_once):
        assert response.status_code == 303
        assert resolved(response.location) == "blog.example"
        assert not response.location.startswith(("//", "/\\"))


@given(st.text("/\\:@?#.\t\n a%2Fevil[]", max_size=20) | st.text())
@settings(max_examples=150)
def test_no_target_at_all_leads_away(target: str) -> None:
    own = security.own_path(target, "/admin/")

    assert resolved(own) == "blog.example"


# Too many attempts


def attempts(client: CheckedClient, number: int, **request: Any) -> list[int]:
    return [sign_in(client, "sam", "wrong", **request).status_code for _ in range(number)]


def test_wrong_passwords_cost_time_and_the_right_one_then_has_to_wait(
    client: CheckedClient, sam: None
) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        assert attempts(client, 6) == [422] * 5 + [429]
        refused = sign_in(client)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        assert "Try again in 2 seconds" in refused.text
        assert not is_author(client)

        clock.shift(timedelta(seconds=2))
        assert sign_in(client).status_code == 303


def test_the_count_survives_a_restart(app: Flask, client: CheckedClient, sam: None) -> None:
    with time_machine.travel(PAST, tick=False):
        attempts(client, 5)
        restarted = create_app(app.config["BLOG"])

        assert sign_in(browser(restarted)).status_code == 429
    with restarted.app_context():
        db.engine.dispose()


def test_an_address_is_counted_over_all_names(client: CheckedClient, sam: None) -> None:
    with time_machine.travel(PAST, tick=False):
        for number in range(20):
            assert sign_in(client, f"name {number}", "wrong").status_code == 422

        assert sign_in(client).status_code == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted_together"),
    [
        (0, "198.51.100.{}", True),
        (1, "198.51.100.{}", False),
        (1, "198.51.100.{}, 203.0.113.9", True),
        (2, "198.51.100.{}, 203.0.113.9", False),
    ],
)
def test_the_address_is_taken_from_as_many_proxies_as_are_trusted(
    make_app: MakeApp, proxies: int, forwarded: str, counted_together: bool
) -> None:
    client = browser(make_app(trusted_proxies=proxies))

    with time_machine.travel(PAST, tick=False):
        for number in range(20):
            headers = {"X-Forwarded-For": forwarded.format(number)}
            sign_in(client, f"name {number}", "wrong", headers=headers)
        headers = {"X-Forwarded-For": forwarded.format(99)}
        last = sign_in(client, "another", "wrong", headers=headers)

    assert last.status_code == (429 if counted_together else 422)


def test_the_host_that_a_proxy_names_is_never_taken(make_app: MakeApp) -> None:
    client = browser(make_app(trusted_proxies=1))

    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    response = client.get("/admin/", headers=headers | HTMX)
    page = client.get("/", headers=headers)

    assert "evil" not in response.text + str(response.headers) + page.text


# Signing in in the middle of something


@pytest.fixture
def signed_out(app: Flask, author_client: CheckedClient) -> CheckedClient:
    """The browser of an author whose session has just ended."""
    with app.app_context():
        db.session.execute(sa.delete(Session))
        db.session.commit()
    return author_client


def form_of(client: CheckedClient, **fields: str) -> dict[str, str]:
    token = {"csrf_token": client.token()}
    return {"title": "Long", "body": "Hours\r\n\r\n\tof work.", "tags": "b, a"} | token | fields


def titles(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Post.title)))


def credentials(password: str = PASSWORD, name: str = "sam") -> dict[str, str]:
    return {"sign_in_name": name, "sign_in_password": password}


def all_fields(page: TestResponse) -> list[tuple[str, str]]:
    """What the form in a page would send, each value of each name."""
    found = []
    for each in parse(page.text):
        name = each.attrib.get("name")
        if each.tag in {"input", "textarea"} and name:
            text = each.text if each.tag == "textarea" else each.attrib.get("value")
            found.append((name, text or ""))
    return found


def test_a_refused_form_travels_through_the_sign_in_and_is_taken(
    app: Flask, signed_out: CheckedClient
) -> None:
    form = form_of(signed_out, action="publish")

    refused = signed_out.post("/admin/posts/new", data=form)
    assert refused.status_code == 401 and 'action="/admin/posts/new"' in refused.text
    wrong = signed_out.post(
        "/admin/posts/new", data=dict(all_fields(refused)) | credentials("a wrong password")
    )
    assert wrong.status_code == 401 and "Name or password is wrong." in wrong.text
    assert "a wrong password" not in wrong.text and 'value="sam"' in wrong.text
    assert titles(app) == [] and not is_author(signed_out)

    taken = signed_out.post("/admin/posts/new", data=dict(all_fields(wrong)) | credentials())

    assert (taken.status_code, taken.location) == (303, "/admin/posts/1")
    with app.app_context():
        post = db.session.get_one(Post, 1)
        assert (post.title, post.body, post.state()) == (
            *("Long", "Hours\n\n\tof work.", "published"),
        )
    assert is_author(signed_out)


def test_with_htmx_the_sign_in_comes_alone_and_the_form_is_sent_again_with_it(
    app: Flask, signed_out: CheckedClient
) -> None:
    form = form_of(signed_out)

    refused = signed_out.post("/admin/posts/new", data=form, headers=HTMX)
    taken = signed_out.post("/admin/posts/new", data=form | credentials(), headers=HTMX)

    assert refused.status_code == 401 and refused.text.startswith("<fieldset")
    assert "Long" not in refused.text
    assert taken.status_code == 303 and titles(app) == ["Long"]


def test_every_value_of_a_field_travels(signed_out: CheckedClient) -> None:
    data = {"post": ["1", "2"], "tags": "x", "body": "y", "zone": "UTC", "shelf": "listed"}
    data |= {"csrf_token": signed_out.token()}

    page = signed_out.post("/admin/posts/new?a=b&c=d", data=data)
    fields = all_fields(page)

    assert re.findall("what you wrote: ([a-z]+)", page.text) == ["tags", "text"]
    assert {("zone", "UTC"), ("shelf", "listed"), ("body", "y")} < {*fields}

    assert [text for name, text in fields if name == "post"] == ["1", "2"]
    assert [name for name, _ in fields].count("csrf_token") == 1
    assert dict(fields)["csrf_token"] and dict(fields)["tags"] == "x"


def test_a_form_that_a_new_password_came_with_keeps_no_word_of_it(
    app: Flask, signed_out: CheckedClient
) -> None:
    response = signed_out.post("/admin/posts/999", data=form_of(signed_out) | credentials())

    assert response.status_code == 404 and PASSWORD not in response.text
    assert "what you wrote: text" in response.text


def test_without_a_good_token_no_password_is_looked_at_and_nothing_is_lost(
    app: Flask, signed_out: CheckedClient
) -> None:
    stale = form_of(signed_out, csrf_token="stale") | credentials()

    refused = signed_out.post("/admin/posts/new", data=stale)

    assert refused.status_code == 401 and not is_author(signed_out)
    assert dict(all_fields(refused))["body"].split() == ["Hours", "of", "work."]
    assert PASSWORD not in refused.text
    signed_out.post("/admin/posts/new", data=dict(all_fields(refused)) | credentials())
    assert titles(app) == ["Long"]


# What a browser tells of the page that sent a form; "" is what it does not tell.
UNTOLD = {"Sec-Fetch-Site": ""}
ELSEWHERE_SENT = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://blog.example"},
    {"Sec-Fetch-Site": "none"},
    *(
        UNTOLD | {"Origin": origin}
        for origin in (
            *("https://evil.example", "null", "http://blog.example", "https://blog.example:8443"),
            *(
                "https://blog.example.evil.example",
                "https://blog.example@evil.example",
                "https://[",
            ),
        )
    ),
    UNTOLD | {"Origin": "https://evil.example", "Referer": "https://blog.example/admin/"},
    UNTOLD | {"Referer": "https://evil.example/?https://blog.example/"},
    UNTOLD,
]
WE_SENT = [
    {"Sec-Fetch-Site": "same-origin"},
    UNTOLD | {"Origin": "https://blog.example"},
    UNTOLD | {"Origin": "https://blog.example:443"},
    UNTOLD | {"Referer": "https://blog.example/admin/posts/new"},
    UNTOLD | {"Origin": "http://127.0.0.1:8000", "Host": "127.0.0.1:8000"},
    UNTOLD | {"Origin": "https://blog.example", "Host": "127.0.0.1:8000"},
]


@pytest.mark.parametrize("headers", ELSEWHERE_SENT)
def test_what_another_page_sent_is_not_carried_through_a_sign_in(
    app: Flask, signed_out: CheckedClient, headers: dict[str, str]
) -> None:
    form = form_of(signed_out, action="publish") | credentials()

    refused = signed_out.post("/admin/posts/new", data=form, headers=headers)

    assert (refused.status_code, refused.location) == (303, "/admin/login")
    assert "Set-Cookie" not in refused.headers and "Long" not in refused.text
    assert titles(app) == [] and not is_author(signed_out)


@pytest.mark.parametrize("headers", WE_SENT)
def test_what_a_page_of_ours_sent_is_carried(
    signed_out: CheckedClient, headers: dict[str, str]
) -> None:
    form = form_of(signed_out)
    if "127.0.0.1" in headers.get("Origin", ""):
        signed_out.environ_base["wsgi.url_scheme"] = "http"

    refused = signed_out.post("/admin/posts/new", data=form, headers=headers)

    assert refused.status_code == 401 and "Saving “Long”" in refused.text


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("/admin/posts/new", {"action": "save"}, "Saving “Long”."),
        ("/admin/posts/1", {"action": "now"}, "Publishing “Long” now."),
        ("/admin/posts/1", {"action": "unpublish"}, "taking it back from readers."),
        (
            "/admin/posts/1",
            {"action": "publish", "publish_at": "2026-03-14 09:30", "zone": "UTC"},
            "Publishing “Long” at 2026-03-14 09:30 (UTC).",
        ),
        ("/admin/autosave", {}, "Keeping “Long”, unsaved."),
        ("/admin/preview", {"title": " "}, "Showing a preview of “a post without a title”."),
    ],
)
def test_the_sign_in_says_what_it_lets_happen(
    signed_out: CheckedClient, path: str, form: dict[str, str], said: str
) -> None:
    refused = signed_out.post(path, data=form_of(signed_out) | form)

    assert said in refused.text


def test_what_has_no_text_is_begun_again_where_its_button_was(
    app: Flask, make_post: MakePost, signed_out: CheckedClient
) -> None:
    make_post("Hello")
    form = {"csrf_token": signed_out.token()} | credentials()
    referrer = {"Referer": "https://blog.example/admin/posts/1?a=b"}

    refused = signed_out.post("/admin/posts/1/trash", data=form, headers=referrer)
    by_htmx = signed_out.post("/admin/posts/1/trash", data=form, headers=HTMX)

    assert refused.location == "/admin/login?next=/admin/posts/1?a%3Db"
    assert by_htmx.status_code == 401 and "Sign in at /admin/login" in by_htmx.text
    with app.app_context():
        assert db.session.get_one(Post, 1).state() == "published"
    assert not is_author(signed_out)


def test_guesses_by_this_way_cost_the_same_time(app: Flask, signed_out: CheckedClient) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        form = form_of(signed_out)
        guesses = [
            signed_out.post("/admin/autosave", data=form | credentials("wrong")).status_code
            for _ in range(6)
        ]
        assert guesses == [401] * 5 + [429]

        refused = signed_out.post("/admin/posts/new", data=form | credentials())
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        assert "Try again in 2 seconds" in refused.text and titles(app) == []
        assert sign_in(signed_out).status_code == 429

        clock.shift(timedelta(seconds=2))
        signed_out.post("/admin/posts/new", data=dict(all_fields(refused)) | credentials())
        assert titles(app) == ["Long"]


def test_a_sign_in_by_this_way_begins_a_new_session(app: Flask, signed_out: CheckedClient) -> None:
    form, planted = form_of(signed_out), cookie_of(signed_out)

    signed_out.post("/admin/posts/new", data=form | credentials())

    thief = browser(app)
    put_cookie(thief, planted)
    assert not is_author(thief)
    reused = signed_out.post("/admin/posts/new", data=form)
    assert reused.status_code == 422  # the token of before is worth nothing, either


def test_a_file_is_to_be_chosen_again(signed_out: CheckedClient) -> None:
    file = {"file": (io.BytesIO(b"GIF89a"), "a.gif")}

    refused = signed_out.post("/admin/posts/new", data=form_of(signed_out) | file)

    assert refused.status_code == 401 and "choose it once more" in refused.text
