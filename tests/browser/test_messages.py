"""The author's inbox."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import BOTH
from .server import Blog


@BOTH
def test_opening_a_message_marks_it_read(author_page: Page, blog: Blog, scripts: bool) -> None:
    blog.post("A shop in a week")
    blog.message(body="First line.\n\n<b>second</b>", post="a-shop-in-a-week")
    page = author_page
    page.goto("/admin/messages")
    row = page.locator(".message-rows > li")
    expect(row).to_contain_text("unread: Vera")
    expect(page.get_by_role("navigation", name="Site")).to_contain_text("1 unread")

    row.get_by_role("link").click()
    if not scripts:
        page.get_by_role("button", name="mark as read").click()

    expect(page.get_by_role("button", name="mark as unread")).to_be_visible()
    expect(page.locator(".message-text")).to_have_text("First line.\n\n<b>second</b>")
    expect(page.get_by_role("link", name="A shop in a week")).to_be_visible()
    page.goto("/admin/messages")
    expect(row).to_contain_text("Vera")
    expect(row).not_to_contain_text("unread")
    expect(page.get_by_role("navigation", name="Site")).not_to_contain_text("unread")


@BOTH
def test_a_message_goes_to_the_archive_and_back(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    blog.message()
    page = author_page
    page.goto("/admin/messages")
    page.get_by_role("link", name="Vera").click()

    page.get_by_role("button", name="archive").click()
    expect(page).to_have_url(re.compile("/admin/messages$"))
    expect(page.get_by_role("main")).to_contain_text("No messages.")

    page.get_by_role("link", name="archive", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/messages\?folder=archive$"))
    expect(page.locator("#folder-archive")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Vera").click()
    page.get_by_role("button", name="back to the inbox").click()

    expect(page).to_have_url(re.compile("/admin/messages$"))
    expect(page.locator(".message-rows > li")).to_have_count(1)


@BOTH
def test_unread_again(author_page: Page, blog: Blog, scripts: bool) -> None:
    number = blog.message()
    page = author_page
    page.goto(f"/admin/messages/{number}")
    if not scripts:
        page.get_by_role("button", name="mark as read").click()

    page.get_by_role("button", name="mark as unread").click()

    expect(page.locator(".message-rows > li")).to_contain_text("unread: Vera")


def test_the_count_of_unread_messages_follows(author_page: Page, blog: Blog) -> None:
    number = blog.message()
    page = author_page

    page.goto(f"/admin/messages/{number}")

    expect(page.get_by_role("button", name="mark as unread")).to_be_visible()
    site = page.get_by_role("navigation", name="Site")
    expect(site).not_to_contain_text("unread", use_inner_text=True)


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
    expect(page.locator(".message-rows > li")).to_have_count(1)
    expect(page.locator("#folder-inbox")).to_have_attribute("aria-current", "true")
    assert page.evaluate("window.marker") == "still here"
    kept = page.evaluate("sessionStorage.getItem('htmx-history-cache') ?? ''")
    assert "Vera" not in kept
