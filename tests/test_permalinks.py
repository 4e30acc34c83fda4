"""Permalinks: an address that readers were given leads on, whoever is called what meanwhile."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogapp import addresses, markdown, permalinks, posts
from blogapp.errors import Invalid
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.texts import Text

from .conftest import CheckedClient, MakePost

SLUGS = ["a", "b", "c", "d"]
# Three posts have four slugs, so there is one to move to: they chase each other in circles.
STEP = st.tuples(st.sampled_from([0, 0, 1, 1, 2]), st.sampled_from(["move", "move", "turn"]))

Change = Callable[..., None]


@pytest.fixture
def change(app: Flask) -> Change:
    """Change a post by its id: give it a slug, publish it, take it back."""

    def change(post: Post, *slugs: str, publish: bool | None = None) -> None:
        with app.app_context():
            stored = posts.get(post.id)
            for slug in slugs:
                posts.revise(stored, Text(title=stored.title, slug=slug, body=stored.body))
            if publish is not None:
                (posts.publish if publish else posts.unpublish)(stored)
            db.session.commit()

    return change


@settings(max_examples=30)
@given(st.lists(STEP, max_size=8))
@example([(0, "move"), (1, "move"), (1, "move")])
@example([(0, "turn"), (0, "move"), (0, "move"), (0, "move"), (0, "turn")])
def test_an_address_leads_to_who_was_found_there_last(
    core: None, steps: list[tuple[int, str]]
) -> None:
    empty = markdown.render("")
    made = [posts.create(Text(title=slug, slug=slug), rendered=empty) for slug in "abc"]
    for post in made:
        posts.publish(post)
    found_last = {post.slug: post for post in made}

    for number, step in steps:
        post = made[number]
        if step == "turn":
            (posts.publish if post.published_at is None else posts.unpublish)(post)
        else:
            [slug] = {*SLUGS} - {each.slug for each in made}
            posts.revise(post, Text(title=post.title, slug=slug))
        found_last |= {post.slug: post for post in made if post.state() == "published"}

    for slug in SLUGS:
        owner = found_last.get(slug)
        out = owner is not None and owner.state() == "published"
        reached = posts.visible(slug) or posts.moved(slug)
        assert reached is (owner if out else None), slug
        assert out or addresses.gone(f"/blog/{slug}") is (owner is not None), slug
    db.session.rollback()


@pytest.mark.parametrize("circle", ["b", "bcd", "ba", "bab", "bcab"])
def test_every_old_address_answers_with_one_hop(
    client: CheckedClient, make_post: MakePost, change: Change, circle: str
) -> None:
    post = make_post("T", slug="a")
    change(post, *circle)

    for slug in {"a", *circle} - {circle[-1]}:
        for suffix in ("", ".md"):
            response = client.get(f"/blog/{slug}{suffix}")
            assert (response.status_code, response.location) == (
                301,
                f"/blog/{circle[-1]}{suffix}",
            )
    assert client.get(f"/blog/{circle[-1]}").status_code == 200


def test_a_new_post_that_takes_an_old_slug_wins_as_soon_as_it_is_out(
    client: CheckedClient, make_post: MakePost, change: Change
) -> None:
    old = make_post("Old", slug="a")
    change(old, "b")
    new = make_post("New", None, slug="a")
    assert client.get("/blog/a").location == "/blog/b"

    change(new, publish=True)
    assert ">New</h1>" in client.get("/blog/a").text

    change(new, "c")
    assert (client.get("/blog/a").location, client.get("/blog/b").status_code) == ("/blog/c", 200)

    change(new, publish=False)
    assert client.get("/blog/a").status_code == 410


def test_feeds_tell_the_new_address_under_the_same_id(
    client: CheckedClient, make_post: MakePost, change: Change
) -> None:
    post = make_post("T", slug="a")

    change(post, "b", "c")

    feed = ET.fromstring(client.get("/feed.xml").data)  # noqa: S314 - our own
    [entry] = feed.iter("{http://www.w3.org/2005/Atom}entry")
    link = entry.find("{*}link")
    assert link is not None and link.attrib["href"] == "https://blog.example/blog/c"
    assert entry.findtext("{*}id") == f"urn:uuid:{post.uid}"


def test_a_title_made_slug_avoids_what_was_somebodys_and_what_is_ours(core: None) -> None:
    old = posts.create(Text(title="T", slug="a"))
    posts.publish(old)
    posts.revise(old, Text(title="T", slug="b"))

    made = [posts.create(Text(title=title)) for title in ("A", "Admin", "Tags", "feed.xml")]

    assert [post.slug for post in made] == ["a-2", "admin-2", "tags-2", "feed-xml"]
    assert all(permalinks.is_made(post) for post in made)


@pytest.mark.parametrize(
    ("wish", "reason", "free"),
    [
        ("b", "Another post is at “b”.", "b-2"),
        ("օ", "Another post is at “o”, which “օ” looks just like.", "o-2"),
        ("feed.xml", "“feed.xml” looks like the name of a file", "feed-2"),
        ("b.html", "“b.html” looks like the name of a file", "b-2"),
        ("ADMIN", "“admin” is an address of the blog itself", "admin-2"),
        ("🎉", "has no letter or digit", "my-title"),
        ("סame", "mixes Hebrew and Latin letters", "my-title"),
        ("word " * 20, "at most 80 characters, and this has 99", "-".join(["word"] * 16)),
    ],
)
def test_a_refused_wish_is_told_why_and_what_would_be_free(
    core: None, wish: str, reason: str, free: str
) -> None:
    posts.create(Text(title="B"))
    posts.create(Text(title="O"))

    with pytest.raises(Invalid) as refused:
        posts.create(Text(title="My title", slug=wish))

    assert refused.value.field == "slug"
    assert reason in str(refused.value)
    assert str(refused.value).endswith(f"Free would be: {free}")
    assert posts.create(Text(title="My title", slug=free)).slug == free


def test_a_post_that_has_such_a_slug_from_before_keeps_it(core: None) -> None:
    post = posts.create(Text(title="T"))
    post.slug = "admin"

    posts.revise(post, Text(title="T", slug="admin", body="new"))

    assert post.slug == "admin"
