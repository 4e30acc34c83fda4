"""Tags: written one way, counted among the articles that readers see."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp import posts, tags
from blogapp.extensions import db
from blogapp.models import Tag

from .conftest import MakePost


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("HTMX", "htmx"),
        (" #htmx ", "htmx"),
        ("Web  Development", "web-development"),
        ("C#", "c#"),
        ("C++", "c++"),
        (".NET", ".net"),
        ("Node.js", "node.js"),
        ("CI/CD", "ci-cd"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
        ("हिन्दी", "हिन्दी"),
        ("日本語", "日本語"),
        ("##", ""),
        ("…", ""),
        ("-_-", ""),
        ("", ""),
        ("x" * 100, "x" * 60),
    ],
)
def test_a_tag_is_stored_the_one_way(typed: str, stored: str) -> None:
    assert tags.normalise(typed) == stored


@given(st.text() | st.text("#-_+.aA é🎉ß", max_size=80))
@example("!#a")
def test_a_stored_tag_is_its_own_and_fits_into_an_address(typed: str) -> None:
    stored = tags.normalise(typed)

    assert tags.normalise(stored) == stored
    assert len(stored) <= 60
    assert not set(stored) & set("/?&,% \t\n\\\"'<>")
    assert tags.normalise(typed.upper()) == tags.normalise(typed.upper().lower())


def test_names_are_kept_once_in_the_order_given() -> None:
    assert tags.normalised(["B", "a", "b ", "", "#A"]) == ["b", "a"]


def test_a_tag_is_made_once(core: None) -> None:
    first = tags.named(["Python", "python"])
    db.session.commit()
    second = tags.named(["PYTHON", "flask"])
    db.session.commit()

    assert [tag.name for tag in second] == ["flask", "python"]
    assert second[1] is first[0]
    assert tags.names() == ["flask", "python"]


def test_only_the_given_articles_are_counted(make_post: MakePost, core: None) -> None:
    make_post("One", tags=["a", "b"])
    make_post("Two", tags=["b"])
    make_post("Draft", published_at=None, tags=["b", "c"])

    counts = tags.counts(posts.ids(posts.published()))

    assert [(count.tag.name, count.articles) for count in counts] == [("a", 1), ("b", 2)]


def test_a_tag_that_only_a_draft_has_is_not_found(make_post: MakePost, core: None) -> None:
    make_post("Draft", published_at=None, tags=["c"])

    assert tags.find("c", posts.ids(posts.published())) is None
    assert db.session.query(Tag).filter_by(name="c").one()
