"""The author's side: posts, the editor, the preview."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import authors
from blogapp.extensions import db
from blogapp.models import Post

from .conftest import HTMX, PAST, CheckedClient, MakeApp, MakePost, browser, sign_in
from .pages import fields_of, parse, text_of

Send = Callable[..., TestResponse]

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

as_both = pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    """Stand still at ``NOW``; to be used before anybody signs in."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def send(author_client: CheckedClient) -> Send:
    """Send the editor's form as it stands at *path*, with some fields changed."""

    def send(path: str, headers: dict[str, str] | None = None, **changed: str) -> TestResponse:
        form = fields_of(author_client.get(path).text)
        return author_client.post(path, data=form | changed, headers=headers or {})

    return send


def stored(app: Flask, number: int = 1) -> Post:
    with app.app_context():
        post = db.session.get_one(Post, number)
        _ = post.tags
        db.session.expunge_all()
        return post


def error_at(response: TestResponse) -> dict[str, str]:
    found = parse(response.text, partial=not response.text.startswith("<!doctype"))
    return {
        e.attrib["id"].removeprefix("error-"): text_of(e)
        for e in found
        if e.attrib.get("id", "").startswith("error-")
    }


# Writing


@as_both
def test_a_new_post_is_a_draft(app: Flask, send: Send, headers: dict[str, str]) -> None:
    response = send("/admin/posts/new", headers, title="Hello", body="x\r\ny", tags="B, a,, b")

    post = stored(app)
    assert (response.status_code, response.location) == (303, "/admin/posts/1")
    assert (post.state(), post.slug, post.body) == ("draft", "hello", "x\ny")
    assert [tag.name for tag in post.tags] == ["a", "b"]


@as_both
@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(
    ("form", "state", "said"),
    [
        ({"action": "save"}, "draft", "Saved."),
        ({"action": "publish"}, "published", "Published."),
        (
            {"action": "publish", "publish_at": "2026-06-01T14:01", "zone": "Europe/Berlin"},
            "scheduled",
            "Scheduled for 1 June 2026, 14:01 (Europe/Berlin).",
        ),
        (
            {"action": "publish", "publish_at": "2026-05-01T12:00", "zone": "UTC"},
            "published",
            "Published, dated 1 May 2026, 12:00 (UTC).",
        ),
        (
            {"action": "save", "publish_at": "2026-07-01T12:00"},
            "draft",
            "Saved as a draft, meant for 1 July 2026, 12:00 (UTC); “publish” schedules it.",
        ),
    ],
)
def test_a_button_does_what_it_says_and_the_answer_says_so(
    app: Flask,
    author_client: CheckedClient,
    headers: dict[str, str],
    form: dict[str, str],
    state: str,
    said: str,
) -> None:
    token = {"csrf_token": author_client.token("/admin/posts/new")}

    response = author_client.post(
        "/admin/posts/new",
        data={"title": "T", "description": "A sentence."} | form | token,
        headers=headers,
    )
    page = author_client.get(response.location, headers=headers)

    assert stored(app).state() == state
    assert f'<p class="done" data-saved>{said}</p>' in page.text
    assert said not in author_client.get(response.location).text


def test_publishing_unpublishing_and_publishing_again(
    app: Flask, client: CheckedClient, make_post: MakePost, send: Send
) -> None:
    make_post("Hello", None)
    path = "/admin/posts/1"

    def seen() -> int:
        return client.get("/blog/hello").status_code

    before = seen()
    send(path, action="publish")
    published = seen()
    send(path, action="unpublish")
    taken_back = seen()
    send(path, action="publish")

    assert (before, published, taken_back, seen()) == (404, 200, 410, 200)


@pytest.mark.usefixtures("noon")
def test_a_scheduled_post_can_be_moved_and_published_now(
    app: Flask, make_post: MakePost, send: Send
) -> None:
    make_post("Hello", NOW + timedelta(days=1))
    path, moment = "/admin/posts/1", datetime(2026, 6, 5, 8, tzinfo=UTC)

    send(path, action="save", publish_at="2026-06-05T08:00")
    assert stored(app).published_at == moment
    send(path, action="save", body="new")
    assert stored(app).published_at == moment
    send(path, action="now")
    assert (stored(app).published_at, stored(app).body) == (NOW, "new")


@pytest.mark.usefixtures("noon")
def test_a_scheduled_post_does_not_lose_its_time_by_an_empty_field(
    app: Flask, make_post: MakePost, send: Send
) -> None:
    make_post("Hello", NOW + timedelta(days=1))

    response = send("/admin/posts/1", action="save", publish_at="")

    assert list(error_at(response)) == ["publish_at"]
    assert stored(app).published_at == NOW + timedelta(days=1)


def test_saving_an_article_keeps_its_moment_to_the_second(
    app: Flask, make_post: MakePost, send: Send
) -> None:
    moment = PAST + timedelta(seconds=37, microseconds=5)
    make_post("Hello", moment)

    send("/admin/posts/1", action="save", body="new")

    assert stored(app).published_at == moment


def test_the_form_holds_what_was_saved(
    app: Flask, author_client: CheckedClient, send: Send
) -> None:
    typed = {
        "title": 'A "quote" & <b>',
        "slug": "own",
        "description": "Two\nlines",
        "tags": "c++, a",
        "body": "\n\n  indented\n\n</textarea><script>\n",
        "minutes": "7",
    }
    send("/admin/posts/new", **typed, action="save")

    form = fields_of(author_client.get("/admin/posts/1").text)

    expected = typed | {"description": "Two lines", "tags": "a, c++"}
    assert expected.items() <= form.items()


@as_both
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", " ", "A post needs a title."),
        ("slug", "taken", "Another post is at “taken”. Free would be: taken-2"),
        ("slug", "Taken!", "Another post is at “taken”. Free would be: taken-2"),
        ("minutes", "soon", "Not a valid integer value."),
        ("minutes", "0", "From 1 to 1000 minutes."),
        ("publish_at", "soon", "is no date and time"),
        ("publish_at", "2026-03-29T02:30", "02:30 does not exist in Europe/Berlin"),
        ("zone", "Mars/Phobos", "There is no time zone “Mars/Phobos”."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved_or_lost(
    app: Flask,
    author_client: CheckedClient,
    make_post: MakePost,
    headers: dict[str, str],
    field: str,
    typed: str,
    said: str,
) -> None:
    make_post("Taken")
    make_post("Mine", None, body="before")
    form = {"title": "New title", "body": "Every *word*.", "zone": "Europe/Berlin"}
    form = fields_of(author_client.get("/admin/posts/2").text) | form | {"action": "publish"}

    response = author_client.post("/admin/posts/2", data=form | {field: typed}, headers=headers)

    assert response.status_code == 422
    assert list(error_at(response)) == [field] and said in error_at(response)[field]
    assert response.headers["HX-Retarget"] == "#post-form"
    kept = fields_of(response.text)
    assert kept["body"] == "Every *word*."
    if field not in {"title", "tags"}:
        assert kept["title"] == "New title"
    assert kept[field] == typed.strip()
    post = stored(app, 2)
    assert (post.title, post.body, post.state()) == ("Mine", "before", "draft")


@as_both
@pytest.mark.parametrize("path", ["/admin/posts/new", "/admin/posts/1", "/admin/preview"])
def test_a_session_that_has_ended_keeps_the_text(
    app: Flask, make_post: MakePost, headers: dict[str, str], path: str
) -> None:
    make_post("Hello", None)
    client = browser(app)
    form = {"title": "New", "body": "Every <word>.\n", "csrf_token": client.token()}

    response = client.post(path, data=form, headers=headers)

    assert response.status_code == 401
    assert "Your session has ended" in response.text
    assert 'name="sign_in_password"' in response.text
    if not headers:  # with htmx the form is there still
        assert fields_of(response.text)["body"] == form["body"]
    assert stored(app).title == "Hello"


@as_both
def test_a_stale_form_comes_back_with_every_word(
    app: Flask, author_client: CheckedClient, headers: dict[str, str]
) -> None:
    form = {"title": "New", "body": "Every word.", "csrf_token": "stale"}

    response = author_client.post("/admin/posts/new", data=form, headers=headers)

    assert response.status_code == 422
    assert "was open for too long" in response.text
    fresh = fields_of(response.text)
    assert (fresh["title"], fresh["body"]) == ("New", "Every word.")
    again = author_client.post("/admin/posts/new", data=fresh, headers=headers)
    assert again.status_code == 303


@pytest.mark.parametrize("path", ["/admin/posts/99", "/admin/messages/99"])
def test_what_is_not_there_is_missing(author_client: CheckedClient, path: str) -> None:
    assert author_client.get(path).status_code == 404


def test_saving_a_post_that_is_gone_is_missing(author_client: CheckedClient) -> None:
    form = {"title": "T", "csrf_token": author_client.token()}

    assert author_client.post("/admin/posts/99", data=form).status_code == 404


def test_a_form_that_was_sent_twice_is_no_conflict(
    app: Flask, author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", None)
    form = fields_of(author_client.get("/admin/posts/1").text) | {"body": "new", "tags": "b, a"}

    answers = [author_client.post("/admin/posts/1", data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert stored(app).body == "new"


# Series and language


@as_both
def test_series_and_language_are_kept_and_can_be_taken_away(
    app: Flask, send: Send, headers: dict[str, str]
) -> None:
    send("/admin/posts/new", headers, title="Hello", series=" My  series ", language="pt_br")
    kept = stored(app)
    send("/admin/posts/1", headers, body="More.")
    again = stored(app)
    send("/admin/posts/1", headers, series="", language="")
    gone = stored(app)

    assert (kept.series, kept.language) == ("My series", "pt-BR")
    assert (again.series, again.language, again.body) == ("My series", "pt-BR", "More.")
    assert (gone.series, gone.language) == (None, None)


@as_both
@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("language", "my <language>", "“my <language>” is no language tag. Write it as en"),
        ("series", "s" * 201, "At most 200 characters."),
    ],
)
def test_what_is_no_language_or_series_is_refused_with_all_words_kept(
    app: Flask, send: Send, headers: dict[str, str], field: str, written: str, said: str
) -> None:
    response = send("/admin/posts/new", headers, title="Hello", body="Text.", **{field: written})

    assert response.status_code == 422
    assert error_at(response)[field].startswith(said)
    fields = fields_of(response.text)
    assert (fields[field], fields["body"].strip(), fields["title"]) == (written, "Text.", "Hello")
    assert re.search(r'<details class="more-fields" open>', response.text)


def test_the_editor_offers_the_series_that_there_are(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("One", None, series="Queues & tables")

    elements = parse(author_client.get("/admin/posts/new").text)

    known = next(e for e in elements if e.attrib.get("id") == "field-series-known")
    assert [option.attrib["value"] for option in known] == ["Queues & tables"]


@pytest.mark.parametrize(
    ("language", "marked"), [("he", ' lang="he" dir="rtl"'), ("en", ""), ("no tag", "")]
)
def test_the_preview_is_in_the_language_of_the_text(
    author_client: CheckedClient, language: str, marked: str
) -> None:
    form = fields_of(author_client.get("/admin/posts/new").text)

    page = author_client.post(
        "/admin/preview", data=form | {"title": "x", "body": "y", "language": language}
    ).text

    assert f'<div class="prose"{marked}>' in page


# Slugs


def test_the_slug_of_a_draft_follows_its_title_until_it_is_published(
    app: Flask, make_post: MakePost, send: Send
) -> None:
    make_post("One", None)
    path = "/admin/posts/1"

    slugs = []
    for form in (
        {"title": "Two", "action": "save"},
        {"title": "Three", "action": "publish"},
        {"title": "Four", "action": "save"},
        {"title": "Four", "slug": "my own", "action": "save"},
        {"title": "Five", "action": "save"},
    ):
        send(path, **form)
        slugs.append(stored(app).slug)

    assert slugs == ["two", "three", "three", "my-own", "my-own"]


def test_an_old_address_leads_to_the_new_one_after_a_change_in_the_editor(
    client: CheckedClient, make_post: MakePost, send: Send
) -> None:
    make_post("Hello")

    send("/admin/posts/1", slug="other", action="save")

    assert client.get("/blog/hello").location == "/blog/other"


# Times


def test_the_zone_that_was_published_in_is_offered_again(
    app: Flask, author_client: CheckedClient, send: Send
) -> None:
    assert fields_of(author_client.get("/admin/posts/new").text)["zone"] == "UTC"

    send("/admin/posts/new", title="T", publish_at="2026-05-01T12:00", zone="Asia/Tokyo",
         action="publish")  # fmt: skip

    assert stored(app).published_at == datetime(2026, 5, 1, 3, tzinfo=UTC)
    form = fields_of(author_client.get("/admin/posts/1").text)
    assert (form["zone"], form["publish_at"]) == ("Asia/Tokyo", "2026-05-01 12:00")


def test_without_one_it_is_the_zone_of_the_site(make_app: MakeApp) -> None:
    app = make_app(timezone=ZoneInfo("Europe/Berlin"))
    with app.app_context():
        authors.add("sam", "correct horse battery")
        db.session.commit()
    client = browser(app)
    sign_in(client)

    assert fields_of(client.get("/admin/posts/new").text)["zone"] == "Europe/Berlin"


# Preview

SAMPLE = """Some *words* and `code`.

## A heading

- [x] done
- a < b

```python
print("<hi>")
```

> [!NOTE]
> Look.

| a | b |
|---|--:|
| 1 | 2 |

Text.[^1]

[^1]: A note.

<script>alert(1)</script>
"""


@as_both
def test_the_preview_is_what_readers_will_see(
    author_client: CheckedClient, make_post: MakePost, headers: dict[str, str]
) -> None:
    make_post("Hello", body=SAMPLE)
    article = author_client.get("/blog/hello").text
    start = article.index("\n", article.index('<article class="prose"')) + 1
    prose = article[start : article.index("\n    </article>")]
    form = {"title": "T", "body": SAMPLE, "csrf_token": author_client.token()}

    preview = author_client.post("/admin/preview", data=form, headers=headers)

    assert (preview.status_code, len(prose) > 500) == (200, True)
    start = preview.text.index("\n", preview.text.index('<div class="prose"')) + 1
    assert preview.text[start:].startswith(prose + "\n  </div>")


@as_both
@pytest.mark.parametrize("title", ["", "Hello", "x" * 500])
def test_a_preview_saves_nothing_and_complains_of_nothing(
    app: Flask,
    author_client: CheckedClient,
    make_post: MakePost,
    headers: dict[str, str],
    title: str,
) -> None:
    make_post("Hello", None, body="before")
    form = {"post": "1", "title": title, "body": "after", "publish_at": "soon", "minutes": "x"}
    form |= {"csrf_token": author_client.token()}

    response = author_client.post("/admin/preview", data=form, headers=headers)

    assert response.status_code == 200
    assert "<p>after</p>" in response.text
    assert error_at(response) == {}
    assert stored(app).body == "before"
    if not headers:
        assert fields_of(response.text)["body"] == "after"


def test_after_a_preview_without_scripts_the_same_post_is_saved(
    app: Flask, author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", None)
    form = fields_of(author_client.get("/admin/posts/1").text) | {"body": "after"}

    page = author_client.post("/admin/preview", data=form).text
    action = re.search(r'class="post-form"[^>]* method="post" action="([^"]+)"', page)
    assert action is not None
    saved = author_client.post(action[1], data=fields_of(page))

    assert saved.location == "/admin/posts/1"
    assert stored(app).body == "after"
