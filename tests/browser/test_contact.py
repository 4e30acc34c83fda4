"""A visitor asks for help: at the end of an article, or on the form's own page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from .conftest import BOTH, PLAIN, Watch
from .server import Blog

THANKS = "Thank you, your message has arrived."
STALE = "This form was open for too long. Everything you wrote is still here: send it once more."
WORDS = {"name": "Vera", "email": "vera@example.org", "body": "A shop.\n\nWith “quotes” & <tags>."}


@pytest.fixture(autouse=True)
def article(blog: Blog) -> None:
    blog.post("A shop in a week", body="How it went.")


def open_form(page: Page) -> Locator:
    page.goto("/blog/a-shop-in-a-week")
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


def expect_error(page: Page, name: str, text: str) -> None:
    field = page.locator(f"#field-{name}")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(text)))
    expect(page.locator(f"#error-{name}")).to_be_visible()


def expect_arrived(page: Page, context: BrowserContext, blog: Blog) -> None:
    """The author finds the message, with every word and the article it came from."""
    blog.sign_in(context)
    page.goto("/admin/messages")
    row = page.locator(".message-rows > li")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("A shop in a week")
    row.get_by_role("link").click()
    expect(page.locator(".message-text")).to_have_text(WORDS["body"])
    expect(page.locator("#message")).to_contain_text(WORDS["email"])


def test_the_form_opens_at_the_end_of_the_article(page: Page) -> None:
    page.goto("/blog/a-shop-in-a-week")
    title, url = page.title(), page.url
    page.evaluate("window.marker = 'still here'")

    page.get_by_role("link", name="get in touch →").focus()
    page.keyboard.press("Enter")

    expect(page.locator("form#contact-form")).to_be_visible()
    expect(page.locator("#field-name")).to_be_focused()
    expect(page.locator("#live")).to_have_text("The contact form is open.")
    expect(page).to_have_url(url)
    expect(page).to_have_title(title)
    assert page.evaluate("window.marker") == "still here"


@PLAIN
def test_without_scripts_the_form_has_its_own_page(page: Page) -> None:
    open_form(page)

    expect(page).to_have_url(re.compile(r"/contact\?post=a-shop-in-a-week$"))
    expect(page.get_by_role("main")).to_contain_text("about A shop in a week")
    page.get_by_role("link", name="back to the article").click()
    expect(page).to_have_url(re.compile(r"/blog/a-shop-in-a-week$"))


@BOTH
def test_an_empty_form_says_what_is_missing(page: Page, scripts: bool) -> None:
    open_form(page)

    send(page)

    expect_error(page, "name", "What should I call you?")
    expect_error(page, "email", "Where can I answer you?")
    expect_error(page, "body", "A few words help")
    expect(page.locator("#field-name")).to_be_focused()
    expect(page).to_have_url(re.compile("/blog/a-shop-in-a-week$" if scripts else "/contact$"))


@BOTH
def test_a_wrong_address_is_told_at_the_field_and_every_word_stays(
    page: Page, context: BrowserContext, blog: Blog, scripts: bool
) -> None:
    open_form(page)
    fill(page, **WORDS | {"email": "vera at example"})

    page.press("#field-name", "Enter")

    expect_error(page, "email", "address")
    expect(page.locator("[aria-invalid]")).to_have_count(1)
    expect(page.locator("#field-email")).to_be_focused()
    expect_words(page, **WORDS | {"email": "vera at example"})
    if scripts:
        expect(page.locator("#live")).to_contain_text("The form has an error: ")
    else:
        expect(page).to_have_title(re.compile("Check the form"))

    fill(page, email=WORDS["email"])
    send(page)

    done = page.get_by_role("heading", name=THANKS)
    expect(done).to_be_visible()
    expect(done).to_be_focused()
    expect(page.locator("form#contact-form")).to_have_count(0)
    if scripts:
        expect(page.locator("#live")).to_have_text(THANKS)
        expect(page).to_have_url(re.compile("/blog/a-shop-in-a-week$"))
    else:
        expect(page).to_have_url(re.compile("/r/"))
    expect_arrived(page, context, blog)


@BOTH
def test_the_sender_sees_later_what_became_of_it(
    page: Page, context: BrowserContext, blog: Blog, scripts: bool
) -> None:
    open_form(page)
    fill(page, **WORDS)
    send(page)
    page.get_by_role("link", name="The page of your message").click()
    expect(page).to_have_url(re.compile("/r/"))
    expect(page.get_by_role("main")).to_contain_text("It has not been read yet.")

    address = page.url
    blog.sign_in(context)
    page.goto("/admin/messages")
    page.get_by_role("link", name="Vera").click()
    if not scripts:
        page.get_by_role("button", name="mark as read").click()
    expect(page.get_by_role("button", name="mark as unread")).to_be_visible()
    page.goto(address)

    expect(page.get_by_role("main")).to_contain_text("It was read on")


@BOTH
def test_a_stale_form_comes_back_with_every_word_and_one_click_sends_it(
    page: Page, context: BrowserContext, blog: Blog, scripts: bool
) -> None:
    open_form(page)
    fill(page, **WORDS)
    context.clear_cookies()

    send(page)

    expect(page.locator("#contact-form").get_by_role("alert")).to_have_text(STALE)
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    expect_words(page, **WORDS)

    send(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_arrived(page, context, blog)


def test_a_line_that_breaks_loses_nothing(
    page: Page, context: BrowserContext, watch: Watch
) -> None:
    watch.expect("request: net::ERR_INTERNET", "console: ")
    open_form(page)
    fill(page, **WORDS)
    context.set_offline(True)

    send(page)

    expect(page.locator("#trouble")).to_contain_text("cannot be reached")
    expect_words(page, **WORDS)

    context.set_offline(False)
    send(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect(page.locator("#trouble")).to_be_hidden()


def test_an_impatient_visitor_sends_one_message(
    page: Page, context: BrowserContext, blog: Blog
) -> None:
    open_form(page)
    fill(page, **WORDS)

    page.get_by_role("button", name="send →").dblclick()

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_arrived(page, context, blog)
