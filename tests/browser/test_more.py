"""More of a list, page by page: under it, or on the next page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from blogapp import posts, texts
from blogapp.extensions import db

from .conftest import BOTH, PLAIN, Watch
from .listing import is_marked, mark
from .server import PAST, Blog

ALL = [f"Note {number}" for number in range(45, 0, -1)]
LISTS = pytest.mark.parametrize("address", ["/", "/?tag=notes&q=note", "/tags/notes"])


@pytest.fixture(autouse=True)
def articles(blog: Blog) -> None:
    """Two pages and a quarter."""
    with blog.app.app_context():
        for title in reversed(ALL):
            posts.publish(posts.create(texts.Text(title=title, tags=["notes"])), PAST)
        db.session.commit()


def titles(page: Page) -> list[str]:
    return page.locator(".post-list h3").all_text_contents()


@LISTS
def test_more_is_added_to_the_list(page: Page, address: str) -> None:
    page.goto(address)
    mark(page)
    url, title, heading = page.url, page.title(), page.locator(".sentence").text_content()
    assert titles(page) == ALL[:20]

    page.get_by_role("link", name="more articles").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("20 more articles")
    expect(page.get_by_role("link", name=ALL[20], exact=True)).to_be_focused()
    assert titles(page) == ALL[:40]

    page.get_by_role("link", name="more articles").click()
    expect(page.locator("#live")).to_have_text("5 more articles. That is all.")
    expect(page.get_by_role("link", name=ALL[40], exact=True)).to_be_focused()
    expect(page.get_by_role("link", name="more articles")).to_have_count(0)
    assert titles(page) == ALL

    assert (page.url, page.title()) == (url, title)
    expect(page.locator(".sentence")).to_have_text(heading or "")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert is_marked(page)


@LISTS
@PLAIN
def test_without_scripts_more_is_the_next_page(page: Page, address: str) -> None:
    page.goto(address)
    first = page.url
    expect(page.get_by_role("link", name="newest articles")).to_have_count(0)

    page.get_by_role("link", name="more articles").click()
    expect(page).to_have_url(re.compile(r"[?&]after="))
    assert titles(page) == ALL[20:40]

    page.get_by_role("link", name="more articles").click()
    expect(page.get_by_role("link", name="more articles")).to_have_count(0)
    assert titles(page) == ALL[40:]

    page.get_by_role("link", name="newest articles").click()
    expect(page).to_have_url(first)


@PLAIN
@pytest.mark.parametrize(
    ("address", "newest"),
    [
        ("/?after=1-1", "/"),
        ("/?tag=notes&after=1-1", "/?tag=notes"),
        ("/tags/notes?after=1-1", "/tags/notes"),
    ],
)
def test_behind_the_last_article_the_way_back_is_shown(
    page: Page, address: str, newest: str
) -> None:
    page.goto(address)

    expect(page.locator(".empty")).to_have_text("No more articles come after this place.")
    expect(page.locator(".post-list")).to_have_count(0)
    link = page.get_by_role("link", name="newest articles")
    expect(link).to_have_attribute("href", newest)


@BOTH
def test_what_is_published_meanwhile_repeats_and_hides_nothing(
    page: Page, blog: Blog, scripts: bool
) -> None:
    page.goto("/")
    seen = titles(page)

    blog.post("New", published_at=PAST.replace(year=2027))
    page.get_by_role("link", name="more articles").click()
    expect(page.get_by_role("link", name=ALL[20], exact=True)).to_be_visible()

    found = titles(page)
    assert (found if scripts else seen + found) == ALL[:40]


def test_back_shows_what_a_fresh_load_shows_after_more_too(page: Page) -> None:
    more = page.get_by_role("link", name="more articles")
    headings = page.locator(".post-list h3")
    page.goto("/")
    whole = page.locator("#article-list").inner_text()
    more.click()
    expect(headings).to_have_count(40)
    more.click()
    expect(headings).to_have_count(45)
    page.click("#chip-notes")
    expect(headings).to_have_count(20)

    page.go_back()

    expect(headings).to_have_count(20)
    expect(page).to_have_url(re.compile(r"[0-9]/$"))
    assert page.locator("#article-list").inner_text() == whole
    more.click()
    expect(headings).to_have_count(40)


def test_a_failure_is_told_and_leaves_the_link(page: Page, watch: Watch) -> None:
    watch.expect("Response Status Error Code 500", "response: 500")
    page.goto("/")
    page.route("**/?after=*", lambda route: route.fulfill(status=500, body="oh"))

    page.get_by_role("link", name="more articles").click()

    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    expect(page.get_by_role("link", name="more articles")).to_be_focused()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert titles(page) == ALL[:20]
