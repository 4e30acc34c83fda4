"""The browser keeps what a visitor writes, and gives it back to nobody else unasked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from .conftest import Watch
from .contacting import (
    ARTICLE,
    NONE,
    THANKS,
    WORDS,
    come_back,
    expect_arrived,
    expect_words,
    fill,
    open_form,
    send,
)
from .server import Blog

KEPT = """(number) => {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith("contact:"));
    return kept.length === number;
}"""
OTHERS = {"name": "Boris", "email": "boris@example.org", "body": "A bakery."}


@pytest.fixture(autouse=True)
def article(blog: Blog, context: BrowserContext) -> None:
    blog.post("A shop in a week", body="How it went.")
    come_back(context, blog)


def expect_kept(page: Page, number: int) -> None:
    page.wait_for_function(KEPT, arg=number, polling=50)  # milliseconds: no frames in the back


def expect_put_back(page: Page, **words: str) -> None:
    expect(page.locator("[data-kept=back]")).to_contain_text("has put back words from")
    expect(page.locator("[data-kept=offer]")).to_be_hidden()
    expect_words(page, **words)


def expect_offered(page: Page) -> None:
    """None of the words is shown before somebody asks for them."""
    expect(page.locator("[data-kept=offer]")).to_contain_text("has kept words from")
    expect(page.locator("[data-kept=back]")).to_be_hidden()


def put_back(page: Page) -> None:
    page.get_by_role("button", name="put them back").click()


def forget(page: Page) -> None:
    page.get_by_role("button", name="forget them").click()


def write_and_leave(page: Page, path: str = ARTICLE, **words: str) -> None:
    open_form(page, path)
    fill(page, **words or WORDS)
    page.close()


def test_the_same_tab_has_the_words_again_until_they_have_arrived(page: Page, blog: Blog) -> None:
    open_form(page)
    fill(page, **WORDS)
    key = page.input_value("[name=key]")

    open_form(page)

    expect_put_back(page, **WORDS)
    assert page.input_value("[name=key]") == key
    expect(page.locator("#live")).to_contain_text("has put back words")
    expect(page.locator("#field-name")).to_be_focused()
    send(page)
    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_kept(page, 0)
    open_form(page)
    expect(page.locator("[data-kept]:visible")).to_have_count(0)
    expect_words(page, **NONE)
    expect_arrived(blog)


def test_another_tab_is_asked_and_shows_no_word_before(
    page: Page, context: BrowserContext, blog: Blog
) -> None:
    write_and_leave(page)

    again = context.new_page()
    again.goto("/contact")

    expect_offered(again)
    expect_words(again, **NONE)
    assert again.input_value("[name=post]") == ""
    put_back(again)
    expect_put_back(again, **WORDS)
    expect(again.locator("#field-body")).to_be_focused()
    again.reload()
    expect_put_back(again, **WORDS)
    about = again.get_by_role("main").get_by_role("link", name="A shop in a week")
    expect(about).to_have_attribute("href", ARTICLE)
    send(again)
    expect(again.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_kept(again, 0)
    expect_arrived(blog)


def test_whoever_does_not_ask_writes_under_the_article_that_is_open(
    page: Page, context: BrowserContext, blog: Blog
) -> None:
    write_and_leave(page, "/", **OTHERS)

    again = context.new_page()
    open_form(again)
    expect_offered(again)
    fill(again, **WORDS)
    send(again)

    expect(again.get_by_role("heading", name=THANKS)).to_be_visible()
    expect_kept(again, 1)
    expect_arrived(blog)


def test_to_forget_leaves_nothing_of_anybody(page: Page, context: BrowserContext) -> None:
    write_and_leave(page, "/", **OTHERS)
    again = context.new_page()
    open_form(again)
    fill(again, **WORDS)
    again.goto("/contact")
    served = again.evaluate("fetch('/contact').then((answer) => answer.text())")
    expect_put_back(again, **WORDS)

    forget(again)

    expect_words(again, **NONE)
    expect(again.locator("#field-name")).to_be_focused()
    expect(again.locator("#live")).to_have_text("Forgotten.")
    expect(again.locator("[data-about]")).to_have_count(0)
    assert again.input_value("[name=post]") == ""
    assert f'value="{again.input_value("[name=key]")}"' in served
    expect_kept(again, 0)
    again.reload()
    expect(again.locator("[data-kept]:visible")).to_have_count(0)
    expect_words(again, **NONE)


def test_to_forget_what_others_wrote_leaves_what_is_written_here(
    page: Page, context: BrowserContext
) -> None:
    write_and_leave(page, **OTHERS)
    again = context.new_page()
    open_form(again)
    fill(again, **WORDS)

    forget(again)

    expect_words(again, **WORDS)
    expect_kept(again, 1)
    open_form(again)
    expect_put_back(again, **WORDS)


def test_what_was_typed_gives_way_as_a_whole_and_is_offered_in_its_turn(
    page: Page, context: BrowserContext
) -> None:
    write_and_leave(page, **OTHERS | {"name": ""})
    again = context.new_page()
    open_form(again)
    fill(again, **WORDS)

    put_back(again)

    expect_words(again, **OTHERS | {"name": ""})
    put_back(again)
    expect_words(again, **WORDS)


def test_two_tabs_under_an_article_leave_each_other_alone(
    page: Page, context: BrowserContext
) -> None:
    open_form(page)
    other = context.new_page()
    open_form(other)
    fill(page, **WORDS)
    expect_kept(page, 1)

    fill(other, **OTHERS)
    expect_kept(page, 2)
    fill(other, **NONE)
    expect_kept(page, 1)

    open_form(page)
    expect_put_back(page, **WORDS)


def test_a_form_that_comes_back_is_not_filled_with_other_words(
    page: Page, context: BrowserContext
) -> None:
    write_and_leave(page, **OTHERS)
    again = context.new_page()
    open_form(again)

    send(again)

    expect(again.locator("[aria-invalid]")).to_have_count(3)
    expect(again.locator("[data-kept]:visible")).to_have_count(0)
    expect_words(again, **NONE)


def test_words_that_are_there_are_not_written_over(page: Page) -> None:
    open_form(page)
    fill(page, **WORDS)
    page.goto("/")
    page.route("**/contact", with_words("typed before"), times=1)

    page.get_by_role("link", name="get in touch →").click()

    expect_offered(page)
    expect_words(page, name="", email="", body="typed before")


def with_words(words: str) -> Callable[[Route], None]:
    """Answer with the form, as if these words stood in it."""

    def fill_in(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace("</textarea>", f"{words}</textarea>")
        )

    return fill_in


def test_what_is_too_old_is_not_kept(page: Page) -> None:
    open_form(page)
    fill(page, **WORDS)
    page.goto("/")
    page.evaluate("""() => {
        for (const [key, text] of Object.entries(localStorage)) {
            if (!key.startsWith("contact:")) continue;
            const copy = JSON.parse(text);
            copy.at -= 7 * 24 * 3600 * 1000;
            localStorage.setItem(key, JSON.stringify(copy));
        }
    }""")

    open_form(page)

    expect_kept(page, 0)
    expect_words(page, **NONE)


@pytest.mark.parametrize("how", ["full", "refused"])
def test_without_storage_the_form_works(page: Page, how: str) -> None:
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }"
        if how == "full"
        else "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException(); }})"
    )
    open_form(page)
    fill(page, **WORDS)

    send(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()


def test_a_line_that_is_not_sent_is_kept_for_its_message_only(page: Page, watch: Watch) -> None:
    open_form(page)
    fill(page, **WORDS)
    send(page)
    page.get_by_text("add a line").click()
    fill(page, body="And a cellar.")
    page.get_by_role("link", name="The page of your message").click()

    expect(page.locator("#field-body")).to_be_visible()
    expect_put_back(page, body="And a cellar.")
    receipt = page.url
    open_form(page)
    expect(page.locator("[data-kept]:visible")).to_have_count(0)
    expect_words(page, **NONE)

    page.goto(receipt)
    expect_put_back(page, body="And a cellar.")
    page.get_by_role("button", name="add →").click()
    expect(page.get_by_role("heading", name="Your line has been added.")).to_be_visible()
    expect_kept(page, 0)


def hold(page: Page) -> list[Route]:
    """Let the next answer wait; it is in the list when the request is on its way."""
    held: list[Route] = []
    page.route("**/contact", lambda route: held.append(route), times=1)
    return held


def test_nothing_is_typed_into_a_form_that_is_being_replaced(page: Page) -> None:
    open_form(page)
    fill(page, **WORDS | {"email": "wrong"})
    held = hold(page)

    with page.expect_request("**/contact"):
        page.press("#field-name", "Enter")
    form = page.locator("form#contact-form")
    expect(form).to_have_attribute("aria-busy", "true")
    page.locator("#field-body").press_sequentially(" And more.")

    expect_words(page, body=WORDS["body"])
    held.pop().continue_()
    expect(page.locator("[aria-invalid]")).to_have_count(1)
    expect_words(page, body=WORDS["body"])
    fill(page, email=WORDS["email"], body="A shop. And more.")
    page.goto("/contact")
    expect_put_back(page, **WORDS | {"body": "A shop. And more."})


@pytest.mark.parametrize("failure", ["lost", "refused"])
def test_a_form_that_stays_can_be_written_in_and_keeps_the_focus(
    page: Page, watch: Watch, failure: str
) -> None:
    watch.expect("console: ")
    watch.allow("request: net::ERR_CONNECTION_RESET", "response: 503")
    open_form(page)
    fill(page, **WORDS)
    held = hold(page)
    button = page.get_by_role("button", name="send →")

    with page.expect_request("**/contact"):
        button.press("Enter")
    expect(button).to_be_disabled()
    page.wait_for_function("() => document.activeElement === document.body")
    if failure == "lost":
        held.pop().abort("connectionreset")
    else:
        held.pop().fulfill(status=503, body="<p>busy</p>")

    expect(page.locator("#trouble")).to_be_visible()
    expect(button).to_be_focused()
    expect(page.locator("#field-body")).to_be_editable()
    send(page)
    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
