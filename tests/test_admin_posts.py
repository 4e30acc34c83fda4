"""The list of posts: by state, by tag, by words, page by page; and what is done to many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import catalogue, posts, revisions, shelves, texts
from blogapp.catalogue import Choice
from blogapp.extensions import db

from .conftest import HTMX, PAST, CheckedClient, MakePost
from .pages import parse, text_of

Bulk = Callable[..., TestResponse]

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    """Stand still at ``NOW``."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def several(app: Flask, make_post: MakePost) -> None:
    """A post in each state: the ids are 1 to 5."""
    make_post("A draft", None, tags=["web"], body="Some buried words.")
    make_post("Soon", NOW + HOUR, tags=["web"])
    make_post("Out", PAST, tags=["web", "python"], slug="somewhere-else")
    make_post("Quiet", PAST - HOUR)
    make_post("Thrown away", PAST, tags=["web"])
    with app.app_context():
        shelves.put(posts.get(4), "unlisted")
        shelves.to_trash(posts.get(5))
        db.session.commit()


@pytest.fixture
def bulk(author_client: CheckedClient) -> Bulk:
    """Tick posts, and press one of the buttons of the list at *path*."""

    def bulk(action: str, *ids: int, path: str = "/admin/", **form: Any) -> TestResponse:
        form |= {"csrf_token": author_client.token(path), "action": action}
        return author_client.post("/admin/posts", data=form | {"post": list(ids)})

    return bulk


def rows(page: TestResponse) -> list[str]:
    found = parse(page.text, partial=not page.text.startswith("<!doctype"))
    lists = [e for e in found if e.attrib.get("class") == "post-rows"]
    return [text_of(item) for each in lists for item in each.findall("li")]


def titles(page: TestResponse) -> list[str]:
    return re.findall(r'<a class="title" [^>]*>(?:<bdi>)?([^<]*)<', page.text)


def said(client: CheckedClient, response: TestResponse) -> str:
    assert response.status_code == 303, response.text
    page = client.get(response.location).text
    return " ".join(re.findall(r'<p class="done" data-saved>([^<]*)</p>', page))


def state_of(app: Flask, post_id: int) -> str:
    with app.app_context():
        return posts.get(post_id).state()


# The list


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Soon", "A draft", "Out", "Quiet"]),
        ("?state=draft", ["A draft"]),
        ("?state=scheduled", ["Soon"]),
        ("?state=published", ["Out"]),
        ("?state=unlisted", ["Quiet"]),
        ("?state=trash", ["Thrown away"]),
        ("?state=nothing", ["Soon", "A draft", "Out", "Quiet"]),
        ("?tag=Web", ["Soon", "A draft", "Out"]),
        ("?tag=web&state=trash", ["Thrown away"]),
        ("?tag=nothing", []),
        ("?q=buried", ["A draft"]),
        ("?q=where-el", ["Out"]),
        ("?q=hrown", []),
        ("?q=hrown&state=trash", ["Thrown away"]),
        ("?q=python&tag=web", ["Out"]),
        ("?q=-buried&state=draft", []),
        ("?q=%25", []),
        ("?q=%22%20AND%20(%00", []),
    ],
)
@pytest.mark.usefixtures("several")
def test_the_list_is_narrowed_by_state_tag_and_words(
    author_client: CheckedClient, query: str, expected: list[str]
) -> None:
    page = author_client.get(f"/admin/{query}")
    part = author_client.get(f"/admin/{query}", headers=HTMX)

    assert titles(page) == titles(part) == expected


@pytest.mark.usefixtures("several")
def test_each_state_tells_how_many_posts_a_click_shows(app: Flask) -> None:
    with app.app_context():
        every, narrowed = Choice().page().counts, Choice(tag="web", text="draft").page().counts
        for state in ("", *catalogue.STATES):
            assert every[state] == len(Choice(state=state).page().posts), state

    assert {name: narrowed[name] for name in ("", "draft", "trash")} == {
        "": 1,
        "draft": 1,
        "trash": 0,
    }


def test_counting_and_listing_read_an_index_and_no_post(make_post: MakePost, core: None) -> None:
    make_post("One")
    asked: list[tuple[str, Any]] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2:4]))

    for state in ("", *catalogue.STATES):
        Choice(state=state).page()

    counting = [each for each in asked if "count(" in each[0]]
    steps = {
        step.detail
        for statement, values in counting
        for step in db.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", values
        )
    }
    of_posts = {step for step in steps if " posts " in step}
    assert not [step for step in of_posts if step.startswith("SCAN")], steps
    assert {step for step in of_posts if "COVERING" not in step} <= {
        "SEARCH posts USING INDEX ix_posts_shelf (shelf=?)"  # the trash: when something came there
    }


@pytest.mark.usefixtures("several")
def test_a_row_says_what_a_post_is_and_leads_where_it_can_be_read(
    app: Flask, author_client: CheckedClient
) -> None:
    with app.app_context():
        post, hand = posts.get(1), revisions.Hand(sitting="sitting-of-an-editor")
        unsaved = texts.Text(title="A draft", body="More.")
        revisions.keep(post, unsaved, begun_from=post.version, by=hand)
        db.session.commit()

    soon, draft, out, quiet = rows(author_client.get("/admin/"))
    [thrown] = rows(author_client.get("/admin/?state=trash"))

    assert "draft unsaved text changed 1 June 2026" in draft and "read" not in draft
    assert "scheduled" in soon and "1 June 2026, 13:00" in soon and "unsaved" not in soon
    assert "published" in out and "read Out" in out and "#python" in out
    assert "published unlisted" in quiet and "read Quiet" in quiet
    assert "deleted for good on 1 July 2026, 12:00 (UTC)" in thrown and "read " not in thrown


def test_the_pages_hold_every_post_once_whatever_is_published_meanwhile(
    app: Flask, make_post: MakePost
) -> None:
    for number in range(7):
        make_post(f"Number {number}", None if number % 3 == 0 else PAST)
    with app.app_context():
        seen: list[str] = []
        choice: Choice | None = Choice()
        while choice is not None:
            page = choice.page(size=3)
            seen += [post.title for post in page.posts]
            choice = page.next
            posts.publish(posts.create(texts.Text(title="Newer")), NOW + HOUR)
            if choice:
                assert Choice.parse({"after": str(choice.after)}) == choice

    assert sorted(seen) == [f"Number {number}" for number in range(7)]
    assert len(seen) == 7


def test_the_next_page_is_a_link(
    author_client: CheckedClient, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Choice.page, "__defaults__", (None, 1))
    make_post("Newer")
    make_post("Older", PAST - HOUR)

    first = author_client.get("/admin/?state=published")
    [address] = re.findall(r'id="older-posts" href="([^"]*)"', first.text)
    second = author_client.get(address.replace("&amp;", "&"))

    assert (titles(first), titles(second)) == (["Newer"], ["Older"])
    assert "older-posts" not in second.text


def test_a_list_reads_no_text_of_a_post(app: Flask, make_post: MakePost) -> None:
    make_post("Hello", body="words")
    with app.app_context():
        [post] = Choice().page().posts

        assert {"body", "body_html", "plain", "headings"} <= sa.inspect(post).unloaded


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ["Write the first one", "blogapp import FOLDER"]),
        ("?state=draft", ["No post is a draft."]),
        ("?state=trash", ["The trash is empty."]),
        ("?q=x", ["No post has that."]),
        ("?after=1-1", ["No more posts come after this place."]),
    ],
)
def test_an_empty_list_says_why(
    author_client: CheckedClient, query: str, words: list[str]
) -> None:
    page = author_client.get(f"/admin/{query}").text

    assert [word for word in words if word not in page] == []
    assert "add tag" not in page


# Many at once


@pytest.mark.usefixtures("several")
def test_publishing_many_says_how_many_and_what_was_left_and_why(
    app: Flask, author_client: CheckedClient, make_post: MakePost, bulk: Bulk
) -> None:
    make_post("Another draft", None)
    make_post("Planned", None)
    with app.app_context():
        posts.get(7).planned_at = NOW + HOUR
        db.session.commit()

    message = said(author_client, bulk("publish", 1, 2, 3, 4, 5, 6, 7, 99))

    assert message == (
        "3 posts: 2 published, 1 scheduled. Left, scheduled already: “Soon”. "
        "Left, published already: “Out”, “Quiet”. Left, in the trash: “Thrown away”. "
        "Left, deleted meanwhile: “no. 99”."
    )
    assert [state_of(app, number) for number in (1, 2, 6, 7)] == [
        *("published", "scheduled", "published", "scheduled"),
    ]


@pytest.mark.usefixtures("several")
def test_taking_many_back(app: Flask, author_client: CheckedClient, bulk: Bulk) -> None:
    message = said(author_client, bulk("unpublish", 1, 2, 3))

    assert message == "2 posts taken back. Left, drafts already: “A draft”."
    assert author_client.get("/blog/somewhere-else").status_code == 410
    assert [state_of(app, number) for number in (2, 3)] == ["draft"] * 2


@pytest.mark.usefixtures("several")
def test_tagging_many_is_a_revision_of_each(
    app: Flask, author_client: CheckedClient, bulk: Bulk
) -> None:
    added = said(author_client, bulk("tag", 1, 3, 4, name=" #Python "))
    removed = said(author_client, bulk("untag", 1, 4, name="web"))

    assert added == "2 posts tagged “python”. Left, had the tag “python”: “Out”."
    assert removed == (
        "1 post without the tag “web” now. Left, did not have the tag “web”: “Quiet”."
    )
    assert "A draft" in author_client.get("/admin/?tag=python").text
    with app.app_context():
        post = posts.get(1)
        assert [tag.name for tag in post.tags] == ["python"]
        saved, _ = revisions.history(post)
        assert [each.tags for each in saved] == [["python"], ["python", "web"], ["web"]]
        assert saved[0].author is not None and saved[0].author.name == "sam"
        out = posts.get(3)
        assert not out.changed_after_publication


@pytest.mark.usefixtures("several")
def test_moving_many_to_the_trash_and_back(
    app: Flask, author_client: CheckedClient, bulk: Bulk
) -> None:
    thrown = said(author_client, bulk("trash", 1, 4, 5))
    restored = said(author_client, bulk("restore", 1, 3, 4, path="/admin/?state=trash"))

    assert thrown == "2 posts moved to the trash. Left, in the trash: “Thrown away”."
    assert restored == "2 posts restored. Left, not in the trash: “Out”."
    with app.app_context():
        assert [(posts.get(n).shelf, posts.get(n).state()) for n in (1, 4)] == [
            ("listed", "draft"),
            ("unlisted", "published"),
        ]


@pytest.mark.parametrize(
    ("action", "ids", "form", "reason"),
    [
        ("publish", [], {}, "No post is selected."),
        ("tag", [1], {}, "Which tag?"),
        ("untag", [1], {"name": " # "}, "Which tag?"),
        ("explode", [1], {}, "Press one of the buttons."),
    ],
)
@pytest.mark.usefixtures("several")
def test_what_cannot_be_done_is_refused_and_the_ticks_stay(
    app: Flask, bulk: Bulk, action: str, ids: list[int], form: dict[str, str], reason: str
) -> None:
    response = bulk(action, *ids, state="draft", **form)

    assert response.status_code == 422
    assert reason in response.text and titles(response) == ["A draft"]
    assert ('value="1" checked' in response.text) is bool(ids)
    assert state_of(app, 1) == "draft"


@pytest.mark.usefixtures("several")
def test_the_list_stays_as_it_was_narrowed(bulk: Bulk) -> None:
    response = bulk("publish", 1, state="draft", tag="web", q="buried words")

    assert response.location == "/admin/?state=draft&tag=web&q=buried+words"


@pytest.mark.usefixtures("several")
def test_of_many_titles_a_few_are_named(
    app: Flask, author_client: CheckedClient, make_post: MakePost, bulk: Bulk
) -> None:
    ids = [make_post(f"{'Word ' * 20}{number}").id for number in range(20)]

    message = said(author_client, bulk("publish", *ids))

    assert message.startswith("Nothing was changed. Left, published already: “Word Word")
    assert message.endswith("…”, 17 more.") and len(message) < 250
