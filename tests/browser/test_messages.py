"""The author's inbox."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from blogapp import messages
from blogapp.extensions import db

from .conftest import BOTH, Watch
from .server import Blog

COUNT = "**/admin/messages/unread"
LOOKED_AT = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def clock_stands(request: pytest.FixtureRequest) -> bool:
    """Whether time passes only when a test moves the clock on."""
    return request.node.get_closest_marker("usefixtures") is not None


def rows(page: Page) -> Locator:
    return page.locator(".message-rows > li")


def frame(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Site")


def hold(page: Page, address: str) -> list[Route]:
    """Keep what is asked of an address waiting for its answer."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


@BOTH
def test_opening_a_message_marks_it_read(author_page: Page, blog: Blog, scripts: bool) -> None:
    blog.post("A shop in a week")
    blog.message(body="First line.\n\n<b>second</b>", post="a-shop-in-a-week")
    page = author_page
    page.goto("/admin/messages")
    expect(rows(page)).to_contain_text("unread: Vera")
    expect(frame(page)).to_contain_text("1 unread", use_inner_text=True)

    rows(page).get_by_role("link", name="Vera").click()
    if not scripts:
        page.get_by_role("button", name="mark as read").click()

    expect(page.get_by_role("button", name="mark as unread")).to_be_visible()
    expect(page.locator(".message-text")).to_have_text("First line.\n\n<b>second</b>")
    expect(page.get_by_role("link", name="A shop in a week")).to_be_visible()
    expect(frame(page)).not_to_contain_text("unread", use_inner_text=True)
    page.goto("/admin/messages")
    expect(rows(page)).to_contain_text("Vera")
    expect(rows(page)).not_to_contain_text("unread")


def test_what_is_marked_as_unread_stays_so_when_one_goes_back(
    author_page: Page, blog: Blog
) -> None:
    number = blog.message()
    page = author_page
    page.goto("/admin/messages")
    rows(page).get_by_role("link", name="Vera").click()
    page.get_by_role("button", name="mark as unread").click()
    expect(rows(page)).to_contain_text("unread: Vera")

    page.go_back()

    expect(page).to_have_url(re.compile(f"/{number}$"))
    page.wait_for_load_state("networkidle")
    page.goto("/admin/messages")
    expect(rows(page)).to_contain_text("unread: Vera")
    rows(page).get_by_role("link", name="Vera").click()
    expect(page.get_by_role("button", name="mark as unread")).to_be_visible()


@BOTH
def test_a_message_goes_to_the_archive_and_back(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    blog.message()
    page = author_page
    page.goto("/admin/messages")
    rows(page).get_by_role("link", name="Vera").click()

    page.get_by_role("button", name="archive").click()
    expect(page).to_have_url(re.compile("/admin/messages$"))
    expect(page.get_by_role("main")).to_contain_text("1 message archived.")
    expect(rows(page)).to_have_count(0)

    page.click("#folder-archive")
    expect(page).to_have_url(re.compile(r"/admin/messages\?folder=archive$"))
    expect(page.locator("#folder-archive")).to_have_attribute("aria-current", "true")
    rows(page).get_by_role("link", name="Vera").click()
    page.get_by_role("button", name="back to the inbox").click()

    expect(page.get_by_role("main")).to_contain_text("1 message put back into the inbox.")
    page.click("#folder-inbox")
    expect(rows(page)).to_have_count(1)


@BOTH
def test_ticked_messages_are_put_away_together_and_the_focus_stays(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    for number in range(3):
        blog.message(name=f"No. {number}", body=f"Project {number}")
    page = author_page
    page.goto("/admin/messages")
    page.evaluate("window.marker = 'still here'")

    page.get_by_role("checkbox", name="No. 0").check()
    page.get_by_role("checkbox", name="No. 2").check()
    page.locator("#bulk-archive").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_contain_text("2 messages archived.")
    expect(rows(page)).to_have_count(1)
    expect(frame(page)).to_contain_text("1 unread", use_inner_text=True)
    if scripts:
        assert page.evaluate("window.marker") == "still here"
        expect(page.locator("#bulk-archive")).to_be_focused()
        expect(page.locator("#live")).to_have_text("2 messages archived.")
        page.get_by_label("all on this page").check()
        page.locator("#bulk-read").click()
        expect(frame(page)).not_to_contain_text("unread", use_inner_text=True)
        expect(page).to_have_title(re.compile("^messages"))


@BOTH
def test_deleting_asks_first(author_page: Page, blog: Blog, scripts: bool) -> None:
    blog.message(name="Ada")
    blog.message(name="Bob", body="Another")
    page = author_page
    page.goto("/admin/messages?q=project")

    page.get_by_role("checkbox", name="Ada").check()
    page.get_by_role("button", name="delete …").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete this message for good?")
    page.get_by_role("link", name="keep it").click()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("checkbox", name="Ada").check()
    page.get_by_role("button", name="delete …").click()
    page.get_by_role("button", name="delete for good").click()

    expect(page).to_have_url(re.compile(r"/admin/messages\?q=project$"))
    expect(page.get_by_role("main")).to_contain_text("1 message is deleted for good.")
    expect(page.get_by_role("main")).to_contain_text("No message in the inbox has that.")


def test_after_a_reply_the_next_step_is_told_and_stays_when_the_message_is_marked_as_read(
    author_page: Page, blog: Blog
) -> None:
    number = blog.message()
    page = author_page
    held = hold(page, f"**/{number}/read")
    page.goto(f"/admin/messages/{number}")
    expect(page.get_by_role("button", name="mark as read")).to_be_visible()
    # There is no mail program here to hand the address to.
    page.evaluate(
        """addEventListener("click", (event) => {
             if (event.target.closest("[href^=mailto]")) event.preventDefault();
           })"""
    )

    page.get_by_role("link", name="reply by mail").click()
    expect(page.locator("[data-replied]")).to_be_visible()
    held[0].continue_()

    expect(page.get_by_role("button", name="mark as unread")).to_be_visible()
    expect(page.locator("[data-replied]")).to_be_visible()
    expect(page.get_by_role("link", name="reply by mail")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("mark the message as answered")
    page.get_by_role("button", name="mark as answered").click()
    expect(page.get_by_role("main")).to_contain_text("1 message marked as answered.")


def test_the_search_narrows_while_one_types_and_keeps_the_folder(
    author_page: Page, blog: Blog
) -> None:
    first = blog.message(name="Ada", body="A shop")
    blog.message(name="Bob", body="Another thing")
    with blog.app.app_context():
        messages.archive(messages.get(first))
        db.session.commit()
    page = author_page
    page.goto("/admin/messages?folder=archive")

    page.get_by_role("searchbox").press_sequentially("shop")

    expect(page).to_have_url(re.compile(r"\?q=shop&folder=archive$|\?folder=archive&q=shop$"))
    expect(page.locator("#live")).to_have_text("1 message in the archive")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_role("searchbox").fill("another")
    page.get_by_role("link", name="1 in the inbox").click()
    expect(rows(page).get_by_role("link", name="Bob")).to_be_visible()


@pytest.mark.usefixtures("clock_stands")
def test_the_count_follows_by_itself_and_says_nothing_aloud(
    author_page: Page, blog: Blog, watch: Watch
) -> None:
    page = author_page
    page.goto("/admin/images")
    expect(page).to_have_title(re.compile("^images"))

    blog.message()
    page.clock.fast_forward(20_000)
    expect(frame(page)).not_to_contain_text("unread", use_inner_text=True)
    page.clock.fast_forward(15_000)

    expect(frame(page)).to_contain_text("1 unread", use_inner_text=True)
    expect(page).to_have_title(re.compile(r"^\(1\) images"))
    expect(page.locator("#live")).to_have_text("")


@pytest.mark.usefixtures("clock_stands")
def test_the_count_is_quiet_when_nobody_answers_it(
    author_page: Page, blog: Blog, watch: Watch
) -> None:
    page = author_page
    page.goto("/admin/images")
    blog.end_sessions()
    with page.expect_response(COUNT) as refused:
        page.clock.fast_forward(35_000)
    assert refused.value.status == 401

    blog.sign_in(page.context, "kim")
    blog.message()
    page.evaluate(LOOKED_AT)
    expect(frame(page)).to_contain_text("1 unread", use_inner_text=True)

    watch.expect("net::ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(35_000)
    page.context.set_offline(False)
    expect(frame(page)).to_contain_text("1 unread", use_inner_text=True)
    expect(page.locator("#trouble")).to_be_hidden()


@pytest.mark.usefixtures("clock_stands")
def test_one_question_for_the_count_is_under_way_and_a_late_answer_is_not_shown(
    author_page: Page, blog: Blog
) -> None:
    blog.message()
    page = author_page
    held = hold(page, COUNT)
    page.goto("/admin/messages")

    with page.expect_request(COUNT):
        page.clock.fast_forward(35_000)
    page.evaluate(LOOKED_AT)
    page.get_by_role("checkbox", name="Vera").check()
    page.locator("#bulk-read").click()
    expect(page.get_by_role("main")).to_contain_text("1 message marked as read.")
    page.clock.run_for(100)
    expect(frame(page)).not_to_contain_text("unread", use_inner_text=True)
    assert len(held) == 1
    with page.expect_response(COUNT):
        held[0].fulfill(json={"unread": "7"})
    page.evaluate("0")
    with page.expect_request(COUNT), page.expect_event("requestfailed"):
        page.clock.fast_forward(35_000)
        page.clock.fast_forward(11_000)  # nobody waits so long for an answer
    expect(frame(page)).not_to_contain_text("unread", use_inner_text=True)
    expect(page).to_have_title(re.compile("^messages"))
    page.route(COUNT, lambda route: route.fulfill(json={"unread": "8"}))
    page.evaluate(LOOKED_AT)
    expect(frame(page)).to_contain_text("8 unread", use_inner_text=True)


def test_the_folders_change_in_place_and_back_returns(author_page: Page, blog: Blog) -> None:
    blog.message()
    page = author_page
    page.goto("/admin/messages")
    page.evaluate("window.marker = 'still here'")

    page.click("#folder-archive")

    expect(page.get_by_role("main")).to_contain_text("Nothing in the archive.")
    expect(page.locator("#live")).to_have_text("0 messages in the archive")
    expect(page.locator("#folder-archive")).to_be_focused()
    page.go_back()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#folder-inbox")).to_have_attribute("aria-current", "true")
    assert page.evaluate("window.marker") == "still here"
    kept = page.evaluate("sessionStorage.getItem('htmx-history-cache') ?? ''")
    assert "Vera" not in kept
