"""A visitor asks for help: at the end of an article, or on the form's own page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, Route, expect

from blogapp import messages
from blogapp.extensions import db
from blogapp.models import Attempt, Message

from .conftest import BOTH, PLAIN, Watch
from .contacting import (
    THANKS,
    WORDS,
    age,
    come_back,
    expect_arrived,
    expect_words,
    fill,
    open_form,
    send,
)
from .server import Blog

STALE = (
    "This form was open for too long, came out of a cache, or has lost its cookie. "
    "Everything you wrote is still here: send it once more."
)


@pytest.fixture(autouse=True)
def article(blog: Blog, context: BrowserContext) -> None:
    blog.post("A shop in a week", body="How it went.")
    come_back(context, blog)


def expect_error(page: Page, name: str, text: str) -> None:
    field = page.locator(f"#field-{name}")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(text)))
    expect(page.locator(f"#error-{name}")).to_be_visible()


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
    expect_arrived(blog)


@BOTH
def test_the_sender_adds_a_line_and_takes_the_request_back(
    page: Page, blog: Blog, scripts: bool
) -> None:
    open_form(page)
    fill(page, **WORDS)
    send(page)

    page.get_by_text("add a line").click()
    page.get_by_role("button", name="add →").click()
    expect_error(page, "body", "What would you like to add?")
    expect(page.locator("#field-body")).to_be_focused()
    fill(page, body="And a cellar.")
    page.get_by_role("button", name="add →").dblclick()

    added = page.get_by_role("heading", name="Your line has been added.")
    expect(added).to_be_focused()
    steps = page.get_by_role("listitem")
    expect(steps.filter(has_text="a line added")).to_have_count(1)
    if scripts:
        expect(page).to_have_url(re.compile("/blog/a-shop-in-a-week$"))

    page.get_by_role("link", name="take it back").click()
    expect(page.get_by_role("heading", name="Take your message back?")).to_be_visible()
    page.get_by_role("button", name="take it back").click()

    expect(page.get_by_role("heading", name="You have taken this request back.")).to_be_focused()
    expect(steps.filter(has_text="taken back")).to_have_count(1)
    with blog.app.app_context():
        [message] = db.session.scalars(sa.select(Message))
        assert (message.body, [line.body for line in message.additions]) == ("", [""])


@BOTH
def test_a_stale_form_comes_back_with_every_word_and_one_click_sends_it(
    page: Page, context: BrowserContext, blog: Blog, scripts: bool
) -> None:
    open_form(page)
    fill(page, **WORDS)
    age(page, blog)
    context.clear_cookies()

    send(page)

    expect(page.locator("#contact-form").get_by_role("alert")).to_have_text(STALE)
    expect(page.locator("#contact-form").get_by_role("alert")).to_be_focused()
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    expect_words(page, **WORDS)

    send(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_arrived(blog)


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


@PLAIN
def test_without_scripts_a_line_that_breaks_loses_nothing(
    page: Page, context: BrowserContext, blog: Blog, watch: Watch
) -> None:
    watch.expect("request: net::ERR_INTERNET")
    open_form(page)
    fill(page, **WORDS)
    context.set_offline(True)
    page.get_by_role("button", name="send →").click(no_wait_after=True)
    expect(page).to_have_url(re.compile("^chrome-error:"))

    context.set_offline(False)
    page.go_back()
    expect_words(page, **WORDS)
    send(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_arrived(blog)


@BOTH
def test_a_form_that_the_server_cannot_take_comes_back_and_one_more_click_sends_it(
    page: Page, blog: Blog, watch: Watch, scripts: bool
) -> None:
    open_form(page)
    fill(page, **WORDS)
    with too_many(blog):
        send(page)

        alert = page.locator("#contact-form").get_by_role("alert")
        expect(alert).to_contain_text(
            re.compile("Try again in .* Everything you wrote is still here")
        )
        expect(alert).to_be_focused()
        expect(page.locator("#trouble")).to_be_hidden()
        expect_words(page, **WORDS)

    send(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()


@contextmanager
def too_many(blog: Blog) -> Iterator[None]:
    """More messages from here than are admitted, for as long as the block runs."""
    with blog.app.app_context():
        for number in range(5):
            here = f"{number}@example.org"
            boris = messages.Request(name="Boris", email=here, body="Hi.", network="127.0.0.1")
            messages.receive(boris)
        db.session.commit()
        yield
        db.session.execute(sa.delete(Attempt))
        db.session.execute(sa.delete(Message))
        db.session.commit()


def test_what_is_refused_elsewhere_is_not_put_into_its_place(page: Page, watch: Watch) -> None:
    watch.expect("response: 503", "console: Response Status Error Code 503")
    page.goto("/")
    page.route("**/contact", lambda route: route.fulfill(status=503, body="<p>busy</p>"))

    page.get_by_role("link", name="get in touch →").click()

    expect(page.locator("#trouble")).to_have_text("That did not work. Try again.")
    expect(page.get_by_role("link", name="get in touch →")).to_be_visible()
    expect(page.get_by_text("busy")).to_have_count(0)


@BOTH
def test_an_impatient_visitor_sends_one_message(
    page: Page, context: BrowserContext, blog: Blog, scripts: bool
) -> None:
    open_form(page)
    fill(page, **WORDS)

    page.get_by_role("button", name="send →").dblclick()

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_arrived(blog)


@BOTH
def test_back_and_send_again_is_the_same_message(
    page: Page, context: BrowserContext, blog: Blog, scripts: bool
) -> None:
    page.goto("/contact?post=a-shop-in-a-week")
    for _ in range(2):
        fill(page, **WORDS)
        send(page)
        expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
        page.get_by_role("link", name="The page of your message").click()
        expect(page).to_have_url(re.compile(r"/r/[\w-]+$"))
        receipt = page.url
        page.go_back()
        expect(page.locator("form#contact-form")).to_be_visible()

    expect_arrived(blog)
    page.goto(receipt)
    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()


def test_an_answer_that_is_lost_on_its_way_is_the_same_message_again(
    page: Page, context: BrowserContext, blog: Blog, watch: Watch
) -> None:
    watch.expect("request: net::ERR_CONNECTION_RESET", "console: ")
    open_form(page)
    fill(page, **WORDS)

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/contact", lose, times=1)
    send(page)
    expect(page.locator("#trouble")).to_contain_text("cannot be reached")
    expect_words(page, **WORDS)

    send(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_arrived(blog)


SHIFTS = """() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts += entry.value;
    }).observe({type: "layout-shift"});
}"""


@pytest.mark.parametrize("path", ["/blog/a-shop-in-a-week", "/", "/contact"])
def test_nothing_jumps_when_the_form_is_answered(page: Page, path: str) -> None:
    if path == "/contact":
        page.goto(path)
    else:
        open_form(page, path)
    fill(page, **WORDS | {"email": "wrong"})
    page.evaluate(SHIFTS)
    form = page.locator("#contact-form")
    form.scroll_into_view_if_needed()
    top = place_of(page, "#contact-form")

    send(page)
    expect(page.locator("[aria-invalid]")).to_have_count(1)
    assert place_of(page, "#contact-form") == top
    end = place_of(page, "footer.foot")
    page.fill("#field-email", WORDS["email"])
    send(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_focused()
    assert place_of(page, "#contact-sent") == top
    assert place_of(page, "footer.foot") == end
    settled = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))"
    page.evaluate(settled)
    assert page.evaluate("window.shifts") < 0.01


def place_of(page: Page, selector: str) -> float:
    """How far down the page something begins, whatever is scrolled."""
    found: float = page.eval_on_selector(
        selector, "part => Math.round(part.getBoundingClientRect().top + scrollY)"
    )
    return found
