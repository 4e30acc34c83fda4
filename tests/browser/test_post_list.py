"""The list of posts, the trash, preview links: with and without scripts, by mouse and by keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import BOTH
from .editing import press
from .server import Blog
from .test_accessibility import expect_accessible


def expect_titles(page: Page, *titles: str) -> None:
    expect(page.locator(".post-rows .title")).to_have_text(titles)


@BOTH
def test_many_are_published_tagged_thrown_away_and_restored(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    for title in ("One", "Two", "Three"):
        blog.post(title, published_at=None)
    page = author_page
    page.goto("/admin/")
    page.get_by_role("checkbox", name="One").check()
    page.get_by_role("checkbox", name="Two").check()

    press(page, "publish")
    expect(page.locator(".done")).to_have_text("2 posts published.")
    page.get_by_role("checkbox", name="One").check()
    page.fill("#field-tag", "notes")
    page.keyboard.press("Enter")  # adds the tag, and publishes nothing
    expect(page.locator(".done")).to_have_text("1 post tagged “notes”.")
    press(page, "move to the trash")
    expect(page.get_by_role("alert")).to_contain_text("No post is selected.")
    page.get_by_role("checkbox", name="One").check()
    press(page, "move to the trash")
    page.get_by_role("link", name=re.compile("^trash")).click()
    expect_titles(page, "One")
    page.get_by_role("checkbox", name="One").check()
    press(page, "restore")

    expect(page.locator(".done")).to_have_text("1 post restored.")
    assert page.request.get("/blog/one").status == 200


def test_one_tick_takes_all_and_says_how_many_without_a_mouse(
    author_page: Page, blog: Blog
) -> None:
    for title in ("One", "Two", "Three"):
        blog.post(title)
    page = author_page
    page.goto("/admin/")
    everything = page.locator("[data-tick-all] input")
    posts = page.locator("input[name=post]")

    everything.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-ticked]")).to_have_text("3 of 3 ticked")
    expect(page.locator("input[name=post]:checked")).to_have_count(3)
    posts.first.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-ticked]")).to_have_text("2 of 3 ticked")
    assert everything.evaluate("(box) => box.indeterminate")
    page.get_by_role("button", name="unpublish").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".done")).to_have_text("2 posts taken back.")


def test_the_search_narrows_while_one_types_and_keeps_the_state(
    author_page: Page, blog: Blog
) -> None:
    blog.post("Caching notes")
    blog.post("Caching draft", published_at=None)
    blog.post("Other")
    page = author_page
    page.goto("/admin/")
    page.get_by_role("link", name=re.compile("^published")).click()
    expect_titles(page, "Other", "Caching notes")

    page.locator("#field-q").press_sequentially("cach")

    expect_titles(page, "Caching notes")
    expect(page).to_have_url(re.compile(r"\?(state=published&q=cach|q=cach&state=published)$"))
    expect(page.locator("#live")).to_have_text("1 post")
    expect(page.locator("#field-q")).to_be_focused()
    expect(page.locator("[data-tick-all]")).to_be_visible()
    page.get_by_role("link", name=re.compile("^all")).click()
    expect_titles(page, "Caching draft", "Caching notes")


@BOTH
def test_a_preview_link_is_made_shown_once_and_read_by_somebody_else(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    blog.post("A draft", published_at=None, body="## Part\n\nWords of it.", tags=["notes"])
    page = author_page
    page.goto("/admin/posts/1")
    page.get_by_role("link", name="preview links").click()
    press(page, "new link for 7 days")
    address = page.locator("#field-link").input_value()

    page.context.clear_cookies()
    page.goto(address)
    expect(page.locator(".prose")).to_contain_text("Words of it.")
    expect(page.get_by_role("complementary", name="Preview")).to_be_visible()


@BOTH
def test_from_the_editor_to_the_trash_and_for_good(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    blog.post("Hello")
    page = author_page
    page.goto("/admin/posts/1")

    press(page, "move to the trash")
    expect(page.locator("#trashed-post")).to_contain_text("deleted for good")
    page.get_by_role("link", name="delete for good …").click()
    press(page, "delete for good")

    expect(page.locator(".done")).to_have_text("“Hello” is deleted for good.")
    expect(page.locator(".empty")).to_contain_text("The trash is empty.")


@pytest.mark.browser_context_args(reduced_motion="reduce")
def test_the_pages_are_accessible(author_page: Page, context: BrowserContext, blog: Blog) -> None:
    blog.post("Out", tags=["notes"])
    blog.post("Draft", published_at=None, body="## Part\n\nWords.", tags=["notes"])
    blog.post("Thrown away")
    page = author_page
    page.goto("/admin/")
    page.get_by_role("checkbox", name="Out").check()
    expect_accessible(page)
    page.goto("/admin/posts/3")
    press(page, "move to the trash")
    expect(page.locator("#trashed-post")).to_be_visible()
    expect_accessible(page)
    page.goto("/admin/posts/3/delete")
    expect_accessible(page)
    page.goto("/admin/?state=trash")
    expect_accessible(page)
    page.goto("/admin/posts/2/previews")
    press(page, "new link for 1 day")
    expect(page.locator("#field-link")).to_be_visible()
    expect_accessible(page)
    page.goto(page.locator("#field-link").input_value())
    expect_accessible(page)
