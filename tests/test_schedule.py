"""The schedule: a post is nowhere before its time and everywhere after it, in whatever zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import posts, previews
from blogapp.extensions import db
from blogapp.models import Author, Post

from . import clocks
from .conftest import HTMX, PAST, CheckedClient, MakePost, browser
from .pages import fields_of, parse, text_of

Send = Callable[..., TestResponse]

WORD = "zebrafinch"
SECOND = timedelta(seconds=1)
# The minute after midnight on the day when clocks go back in Berlin.
MOMENT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
MISSPELT = f"/blog/{WORD[:-1]}k"  # it names what may have been meant
SURFACES: list[tuple[str, dict[str, str]]] = [
    *((path, {}) for path in ("/", "/?tag=flask", "/?not=other", "/?q=quokka", "/tags/")),
    *((path, HTMX) for path in ("/", "/?q=quokka", "/tags/flask")),
    *((path, {}) for path in ("/tags/flask", f"/tags/{WORD}-tag", "/archive/", "/sitemap.xml")),
    *((f"/blog/{WORD}{suffix}", {}) for suffix in ("", ".md")),
    (f"/blog/{WORD}", {"Accept": "text/markdown"}),
    ("/blog/before", {}),  # neighbour, related, and the next part
    *((path, {}) for path in ("/series/birds", "/series/birds/feed.xml")),
    *((path, {}) for path in ("/feed.xml", "/feed.json", "/feed.xml?tag=flask")),
    *((path, {}) for path in ("/feed.json?q=quokka", "/tags/flask/feed.xml")),
    (MISSPELT, {}),
]


@pytest.fixture(params=clocks.PLACES)
def place_of_the_machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the machine's own clock be somewhere else."""
    with clocks.machine_in(request.param):
        yield


@pytest.fixture
def scheduled(app: Flask, make_post: MakePost) -> Post:
    """Store a post that is out at ``MOMENT``, and one that leads to it from then on."""
    make_post("Before", series="Birds", tags=["flask"])
    return make_post(
        WORD.title(),
        MOMENT,
        tags=["flask", f"{WORD}-tag"],
        series="Birds",
        body="A quokka.",
    )


@pytest.mark.usefixtures("place_of_the_machine", "scheduled")
def test_a_scheduled_post_is_nowhere_before_its_time_and_everywhere_after_it(app: Flask) -> None:
    client = browser(app, checked=False)
    etags = {}
    with time_machine.travel(MOMENT - SECOND, tick=False):
        for number, (path, headers) in enumerate(SURFACES):
            answer = client.get(path, headers=headers)
            assert WORD not in answer.text.casefold(), path
            etags[number] = answer.headers.get("ETag")
            if etags[number]:
                known = headers | {"If-None-Match": str(etags[number])}
                assert client.get(path, headers=known).status_code == 304, path

    with time_machine.travel(MOMENT, tick=False):
        for number, (path, headers) in enumerate(SURFACES):
            known = headers | ({"If-None-Match": etag} if (etag := etags[number]) else {})
            answer = client.get(path, headers=known)
            assert WORD in answer.text.casefold(), path
            assert answer.status_code == (404 if path == MISSPELT else 200), path


def test_a_tag_counts_a_scheduled_post_from_its_time_on(
    client: CheckedClient, scheduled: Post
) -> None:
    def counts() -> list[str]:
        found = parse(client.get("/tags/").text)
        return [text_of(e) for e in found if e.attrib.get("href", "").startswith("/tags/")]

    with time_machine.travel(MOMENT - SECOND, tick=False):
        assert "flask 1 article" in counts()
    with time_machine.travel(MOMENT + SECOND, tick=False):
        assert {"flask 2 articles", f"{WORD}-tag 1 article"} < {*counts()}


def test_the_contact_form_names_a_scheduled_post_from_its_time_on(
    client: CheckedClient, scheduled: Post
) -> None:
    named = []
    for moment in (MOMENT - SECOND, MOMENT + SECOND):
        with time_machine.travel(moment, tick=False):
            named.append(WORD.title() in client.get(f"/contact?post={WORD}").text)

    assert named == [False, True]


def test_a_preview_leads_to_the_article_from_its_time_on(
    app: Flask, client: CheckedClient, scheduled: Post
) -> None:
    with time_machine.travel(MOMENT - SECOND, tick=False):
        with app.app_context():
            _, token = previews.make(posts.get(scheduled.id), 1)
            db.session.commit()
        assert client.get(f"/p/{token}").status_code == 200
    with time_machine.travel(MOMENT + SECOND, tick=False):
        answer = client.get(f"/p/{token}")

    assert (answer.status_code, answer.location) == (301, f"/blog/{WORD}")


def test_an_article_that_is_moved_into_the_future_is_nowhere_again(
    app: Flask, scheduled: Post
) -> None:
    client = browser(app, checked=False)
    with time_machine.travel(MOMENT + SECOND, tick=False):
        assert client.get(f"/blog/{WORD}").status_code == 200
        with app.app_context():
            posts.publish(posts.get(scheduled.id), MOMENT + timedelta(hours=1))
            db.session.commit()

        for path, headers in SURFACES:
            assert WORD not in client.get(path, headers=headers).text.casefold(), path


# In the editor

BERLIN = {"publish_at": "2026-10-25 02:30", "zone": "Europe/Berlin"}
FIRST, LATER = "2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00"


@pytest.fixture
def june() -> Iterator[None]:
    """Stand still before any of these times; to be used before anybody signs in."""
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def author(june: None, author_client: CheckedClient) -> CheckedClient:
    """The author's browser in June."""
    return author_client


@pytest.fixture
def send(author: CheckedClient) -> Send:
    """Send the editor's form as it stands, or as an answer gave it *back*, with some changes."""

    def send(path: str, back: TestResponse | None = None, **changed: str) -> TestResponse:
        form = fields_of((back or author.get(path)).text)
        return author.post(path, data=form | changed)

    return send


def stored(app: Flask, number: int = 1) -> Post:
    with app.app_context():
        return db.session.get_one(Post, number)


def radios(page: TestResponse) -> list[tuple[str, str, bool]]:
    """The moments to choose from: label, value, and whether it is chosen."""
    elements = list(parse(page.text))
    labels = {e.attrib.get("for"): text_of(e) for e in elements if e.tag == "label"}
    return [
        (labels[e.attrib["id"]], e.attrib["value"], "checked" in e.attrib)
        for e in elements
        if e.attrib.get("name") == "which"
    ]


def state_line(page: TestResponse) -> str:
    found = parse(page.text)
    return text_of(next(e for e in found if "state-line" in e.attrib.get("class", "")))


def said(page: TestResponse) -> str:
    return text_of(next(e for e in parse(page.text) if e.attrib.get("class") == "done"))


def test_a_time_that_happens_twice_is_asked_about_and_the_answer_kept(
    app: Flask, author: CheckedClient, send: Send
) -> None:
    path = "/admin/posts/new"
    asked = send(path, title="T", body="words", action="publish", **BERLIN)

    assert asked.status_code == 422
    assert "02:30 happens twice in Europe/Berlin on that day" in asked.text
    assert radios(asked) == [
        ("02:30, the first time (UTC+2)", FIRST, False),
        ("02:30, the second time (UTC+1)", LATER, False),
    ]
    assert fields_of(asked.text)["body"] == "words"

    refused = send(path, asked, which=LATER, title="", action="publish")
    assert refused.status_code == 422
    assert [chosen for _, _, chosen in radios(refused)] == [False, True]

    taken = send(path, refused, title="T", action="publish")
    assert stored(app).published_at == datetime.fromisoformat(LATER)
    page = author.get(taken.location)
    assert said(page).startswith("Scheduled for 25 October 2026, 02:30 (Europe/Berlin, UTC+1).")
    assert "from 25 October 2026, 02:30 (Europe/Berlin, UTC+1)" in state_line(page)


@pytest.mark.parametrize(
    "stale", [{"publish_at": "2026-10-25 02:31"}, {"publish_at": "2027-10-31 02:30"}]
)
def test_a_choice_holds_only_for_the_time_that_it_was_made_for(
    app: Flask, send: Send, stale: dict[str, str]
) -> None:
    answer = send(
        "/admin/posts/new", title="T", action="publish", **BERLIN | {"which": FIRST} | stale
    )

    assert answer.status_code == 422
    assert [chosen for _, _, chosen in radios(answer)] == [False, False]


@pytest.mark.parametrize("moment", [FIRST, LATER])
def test_to_edit_a_post_whose_time_happens_twice_does_not_move_it(
    app: Flask, send: Send, moment: str
) -> None:
    send("/admin/posts/new", title="T", action="publish", which=moment, **BERLIN)

    answer = send("/admin/posts/1", title="Other", action="save")

    assert answer.status_code == 303
    post = stored(app)
    assert (post.title, post.published_at) == ("Other", datetime.fromisoformat(moment))


def test_a_post_that_came_out_in_the_middle_of_such_a_minute_can_be_edited(
    app: Flask, send: Send, make_post: MakePost
) -> None:
    send("/admin/posts/new", title="Here", action="publish", which=FIRST, **BERLIN)
    at = datetime.fromisoformat(LATER).replace(second=27)
    post_id = make_post("T", at).id

    answer = send(f"/admin/posts/{post_id}", title="Other", action="save")

    assert answer.status_code == 303
    with app.app_context():
        assert posts.get(post_id).title == "Other"
        assert posts.get(post_id).published_at == at


def test_a_post_can_be_moved_from_the_first_to_the_second_of_two_times(
    app: Flask, author: CheckedClient, send: Send
) -> None:
    send("/admin/posts/new", title="T", action="publish", which=FIRST, **BERLIN)

    answer = send("/admin/posts/1", which=LATER, action="save")

    assert stored(app).published_at == datetime.fromisoformat(LATER)
    assert "UTC+1" in said(author.get(answer.location))


def test_times_are_shown_in_the_zone_that_the_author_used_last(
    app: Flask, author: CheckedClient, make_post: MakePost
) -> None:
    make_post("Soon", datetime(2027, 3, 14, 8, 30, tzinfo=UTC))
    with app.app_context():
        db.session.query(Author).update({"timezone": "Asia/Tokyo"})
        db.session.commit()

    page = author.get("/admin/posts/1")

    assert "from 14 March 2027, 17:30 (Asia/Tokyo)" in state_line(page)
    assert fields_of(page.text)["publish_at"] == "2027-03-14 17:30"


def test_a_draft_keeps_the_time_that_it_is_meant_for_until_it_is_out(
    app: Flask, author: CheckedClient, send: Send
) -> None:
    tokyo = {"publish_at": "2027-03-14 17:30", "zone": "Asia/Tokyo"}
    answer = send("/admin/posts/new", title="T", action="save", **tokyo)

    page = author.get(answer.location)
    assert "meant for 14 March 2027, 17:30 (Asia/Tokyo)" in said(page)
    assert "for 14 March 2027, 17:30 (Asia/Tokyo)" in state_line(page)
    assert {name: fields_of(page.text)[name] for name in tokyo} == tokyo
    assert stored(app).published_at is None

    send("/admin/posts/1", action="publish")
    post = stored(app)
    assert post.published_at == datetime(2027, 3, 14, 8, 30, tzinfo=UTC)
    assert (post.state(datetime(2026, 6, 1, tzinfo=UTC)), post.planned_at) == ("scheduled", None)

    send("/admin/posts/1", action="unpublish")
    assert stored(app).planned_at == datetime(2027, 3, 14, 8, 30, tzinfo=UTC)

    send("/admin/posts/1", action="save", publish_at="")
    assert stored(app).planned_at is None


def test_what_was_out_keeps_its_day_when_it_is_taken_back(
    app: Flask, send: Send, make_post: MakePost
) -> None:
    make_post("T", PAST)

    send("/admin/posts/1", action="unpublish")

    assert stored(app).planned_at == PAST


def test_a_zone_without_summer_time_asks_nothing(app: Flask, send: Send) -> None:
    send("/admin/posts/new", title="T", action="publish", **BERLIN | {"zone": "Asia/Tokyo"})

    assert stored(app).published_at == datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
