"""The session ends while an author writes: a sign-in comes to the form, and the text is saved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from blogapp.extensions import db
from blogapp.models import Post

from .conftest import BOTH, PLAIN
from .editing import expect_saved, expect_status, keep, press, write
from .server import NAME, PASSWORD, Blog

WRITTEN = {"title": "Long", "body": "Hours of work.\n\n\tAnd *more*.", "tags": "a, b"}
ENDED = re.compile("Your session has ended")


@pytest.fixture
def clock_stands() -> bool:
    """Nothing is kept by itself before the clock is moved on."""
    return True


@pytest.fixture
def page(author_page: Page, blog: Blog) -> Page:
    """An editor with a text in it, whose session has ended."""
    author_page.goto("/admin/posts/new")
    write(author_page, **WRITTEN)
    blog.end_sessions()
    return author_page


@pytest.fixture
def author_page(context: BrowserContext, blog: Blog) -> Page:
    """The page of an author who is signed in."""
    blog.sign_in(context)
    return context.new_page()


def stored(blog: Blog) -> list[tuple[str, str, str]]:
    with blog.app.app_context():
        found = db.session.query(Post)
        return [(post.title, post.body, ", ".join(t.name for t in post.tags)) for post in found]


def sign_in(page: Page, password: str = PASSWORD) -> None:
    write(page, sign_in_name=NAME, sign_in_password=password)


ALL = [(WRITTEN["title"], WRITTEN["body"], WRITTEN["tags"])]


@BOTH
def test_a_save_goes_on_after_the_sign_in(page: Page, blog: Blog, scripts: bool) -> None:
    press(page, "publish →")
    expect(page.locator("#sign-in")).to_contain_text(ENDED)
    if scripts:
        expect(page.locator("#field-sign_in_name")).to_be_focused()
        expect(page.locator("#field-body")).to_have_value(WRITTEN["body"])

    again = "publish →" if scripts else "sign in and go on →"
    sign_in(page, "wrong horse battery")
    press(page, again)
    expect(page.locator("#sign-in")).to_contain_text("Name or password is wrong.")
    expect(page.locator("#field-sign_in_name")).to_have_value(NAME)
    expect(page.locator("#field-sign_in_password")).to_have_value("")
    sign_in(page)
    if scripts:
        page.keyboard.press("Enter")
    else:
        press(page, again)

    expect_saved(page, "Published.")
    expect(page.locator("#sign-in")).to_have_count(0)
    assert stored(blog) == ALL

    page.locator(".sign-out summary").click()
    press(page, "sign out")
    expect(page).to_have_url(re.compile("[0-9]/$"))


@PLAIN
def test_without_scripts_the_whole_text_is_to_be_seen(page: Page) -> None:
    press(page, "save draft")

    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    expect(page.get_by_label("what you wrote: text")).to_have_value(WRITTEN["body"])


def test_an_autosave_asks_quietly_and_the_password_goes_with_nothing_but_the_save(
    page: Page, blog: Blog
) -> None:
    by_itself: list[str] = []

    def listen(request: Request) -> None:
        if "autosave" in request.url or "preview" in request.url:
            by_itself.append(request.post_data or "")

    page.on("request", listen)
    page.locator("#field-body").focus()
    keep(page)
    expect_status(page, "not kept yet: you are signed out; it is kept in this browser")
    expect(page.locator("#sign-in")).to_contain_text(ENDED)
    expect(page.locator("#field-body")).to_be_focused()

    sign_in(page)
    page.keyboard.type("!")
    page.keyboard.press("Backspace")
    keep(page, 5)
    expect(page.locator("#field-sign_in_password")).to_have_value(PASSWORD)
    page.keyboard.press("Enter")

    expect_saved(page, "Saved")
    assert stored(blog) == ALL
    assert len(by_itself) >= 2
    assert not any("sign_in" in text for text in by_itself)


def test_who_signs_in_in_another_tab_just_goes_on(
    page: Page, blog: Blog, context: BrowserContext
) -> None:
    keep(page)
    expect(page.locator("#sign-in")).to_be_visible()
    other = context.new_page()
    other.goto("/admin/login")
    write(other, name=NAME, password=PASSWORD)
    press(other, "sign in →")
    expect(other).to_have_url(re.compile("/admin/$"))

    page.bring_to_front()
    keep(page, 5)
    expect_status(page, "kept at")
    expect(page.locator("#sign-in")).to_have_count(0)
    page.keyboard.press("Control+s")

    expect_saved(page, "Saved")
    assert stored(blog) == ALL
