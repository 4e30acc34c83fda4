"""What tests of the contact form do in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Locator, Page, expect

from blogapp.contact import traps
from blogapp.extensions import db
from blogapp.models import Message

from .server import Blog

ARTICLE = "/blog/a-shop-in-a-week"
THANKS = "Thank you, your message has arrived."
WORDS = {"name": "Vera", "email": "vera@example.org", "body": "A shop.\n\nWith “quotes” & <tags>."}
NONE = dict.fromkeys(WORDS, "")


def come_back(context: BrowserContext, blog: Blog) -> None:
    """Let the visitor have seen the form a minute ago: tests write faster than people."""
    client = blog.app.test_client()
    with a_minute_ago():
        client.get("/contact")
    cookie = client.get_cookie(blog.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": blog.url}])


def age(page: Page, blog: Blog) -> None:
    """Let the open form have been given out a minute ago."""
    with blog.app.app_context(), a_minute_ago():
        stamp = traps.stamp()
    page.eval_on_selector("[name=stamp]", "(field, stamp) => { field.value = stamp }", stamp)


@contextmanager
def a_minute_ago() -> Iterator[None]:
    """Let it be a minute earlier, in this process."""
    now = time.time_ns() - 60 * 10**9
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: now)
        patch.setattr(time, "time", lambda: now / 10**9)
        yield


def open_form(page: Page, path: str = ARTICLE) -> Locator:
    page.goto(path)
    page.get_by_role("link", name="get in touch →").click()
    form = page.locator("form#contact-form")
    expect(form).to_be_visible()
    return form


def fill(page: Page, **words: str) -> None:
    for name, text in words.items():
        page.fill(f"#field-{name}", text)


def send(page: Page) -> None:
    page.get_by_role("button", name="send →").click()


def expect_words(page: Page, **words: str) -> None:
    for name, text in words.items():
        expect(page.locator(f"#field-{name}")).to_have_value(text)


def expect_arrived(blog: Blog) -> None:
    """The message is there, once, with every word and the article it came from."""
    with blog.app.app_context():
        [message] = db.session.scalars(sa.select(Message))
        assert message.post is not None and message.post.title == "A shop in a week"
        words = {name: getattr(message, name) for name in WORDS}
        assert words | {"body": "\n".join(message.body.splitlines())} == WORDS
        assert (message.folder, message.spam_reasons) == ("inbox", [])
