"""Publishing: buttons and times, from forms that know what their author saw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from blogapp import posts, publishing
from blogapp.errors import Invalid
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.publishing import Order, Outcome
from blogapp.texts import Text

from .conftest import CheckedClient, MakePost
from .pages import fields_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOON, LATER, PAST = NOW + timedelta(minutes=2), NOW + timedelta(days=900), NOW - timedelta(days=9)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def post(core: None) -> Post:
    return posts.create(Text(title="T"))


def seen(post: Post, **order: object) -> Order:
    """An order from a form that was filled with *post* as it is now, and left its time alone."""
    at = publishing.moment(post)
    whole = Order(at=at, seen=post.state(), seen_at=at)
    return replace(whole, **order)  # type: ignore[arg-type] # the fields of an order


@pytest.mark.parametrize(
    ("action", "at", "outcome", "state"),
    [
        ("save", None, Outcome.NOTHING, "draft"),
        ("save", LATER, Outcome.PLANNED, "draft"),
        ("publish", None, Outcome.PUBLISHED, "published"),
        ("publish", SOON, Outcome.SCHEDULED, "scheduled"),
        ("publish", PAST, Outcome.DATED, "published"),
        ("unpublish", None, Outcome.DONE_BEFORE, "draft"),
    ],
)
def test_an_order_is_carried_out_once(
    post: Post, action: str, at: datetime | None, outcome: Outcome, state: str
) -> None:
    order = seen(post, action=action, at=at)

    first = publishing.carry_out(post, order)
    moment = publishing.moment(post)
    again = publishing.carry_out(post, order)

    assert (first, post.state()) == (outcome, state)
    assert again in {Outcome.NOTHING, Outcome.DONE_BEFORE}
    assert publishing.moment(post) == moment


def test_a_planned_draft_is_published_at_its_time(post: Post) -> None:
    publishing.carry_out(post, seen(post, at=LATER))

    outcome = publishing.carry_out(post, seen(post, action="publish"))

    assert (outcome, post.published_at, post.planned_at) == (Outcome.SCHEDULED, LATER, None)


def test_an_article_that_is_taken_back_keeps_its_day(
    post: Post, clock: time_machine.Traveller
) -> None:
    posts.publish(post, PAST)
    publishing.carry_out(post, seen(post, action="unpublish"))
    assert (post.state(), post.planned_at) == ("draft", PAST)
    clock.shift(timedelta(days=1))

    publishing.carry_out(post, seen(post, action="publish"))

    assert post.published_at == PAST


def test_a_form_that_left_the_time_alone_does_not_change_it_back(post: Post) -> None:
    posts.publish(post, SOON)
    stale = seen(post)
    publishing.carry_out(post, seen(post, at=LATER))

    assert publishing.carry_out(post, stale) is Outcome.NOTHING
    assert post.published_at == LATER


@pytest.mark.parametrize("at", [LATER + timedelta(days=1), None])
def test_a_time_that_was_changed_in_two_places_is_asked_about(
    post: Post, at: datetime | None
) -> None:
    posts.publish(post, SOON)
    stale = seen(post, at=at)
    publishing.carry_out(post, seen(post, at=LATER))

    with pytest.raises(Invalid, match="changed elsewhere") as refused:
        publishing.carry_out(post, stale)

    assert (refused.value.field, post.published_at) == ("publish_at", LATER)


def test_a_stale_publish_does_not_release_what_was_scheduled_elsewhere(post: Post) -> None:
    stale = seen(post, action="publish")
    publishing.carry_out(post, seen(post, action="publish", at=LATER))

    with pytest.raises(Invalid):
        publishing.carry_out(post, stale)

    assert publishing.carry_out(post, seen(post, action="now")) is Outcome.PUBLISHED


def test_a_stale_publish_does_not_date_an_article_anew(
    post: Post, clock: time_machine.Traveller
) -> None:
    stale = seen(post, action="publish")
    publishing.carry_out(post, stale)
    clock.shift(timedelta(days=1))

    assert publishing.carry_out(post, stale) is Outcome.DONE_BEFORE
    assert post.published_at == NOW


def test_a_scheduled_post_needs_a_time(post: Post) -> None:
    posts.publish(post, LATER)

    with pytest.raises(Invalid, match="publish now"):
        publishing.carry_out(post, seen(post, at=None))


def test_a_typo_mended_in_an_old_tab_leaves_an_embargo(
    app: Flask, author_client: CheckedClient, make_post: MakePost, client: CheckedClient
) -> None:
    make_post("Embargo", SOON, body="teh")
    old, new = (fields_of(author_client.get("/admin/posts/1").text) for _ in range(2))
    author_client.post("/admin/posts/1", data=new | {"publish_at": "2031-01-01 09:00"})

    response = author_client.post("/admin/posts/1", data=old | {"body": "the"})

    assert response.status_code == 303
    with app.app_context():
        post = db.session.get_one(Post, 1)
        assert (post.body, post.published_at) == ("the", datetime(2031, 1, 1, 9, tzinfo=UTC))
    assert client.get("/blog/embargo").status_code == 404


@pytest.mark.parametrize(
    "tampered",
    [
        {"seen": "draft 2026-01-01T00:00:00"},
        {"seen": "x 9999-99"},
        {"kept": f"{'9' * 5000} 2026-01-01T00:00:00+00:00"},
        {"kept": "1 2026-01-01T00:00:00"},
        {"version": "9" * 5000},
    ],
)
def test_hidden_fields_that_were_tampered_with_break_nothing(
    author_client: CheckedClient, make_post: MakePost, tampered: dict[str, str]
) -> None:
    make_post("Hello", None)
    form = fields_of(author_client.get("/admin/posts/1").text) | {"body": "new"}

    response = author_client.post("/admin/posts/1", data=form | tampered)

    assert response.status_code in {303, 409}
