"""The author's tags: merged and renamed by keyboard, on a phone, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import BOTH
from .server import Blog
from .test_accessibility import expect_accessible

LONG = "a-tag-that-goes-on-and-on-until-it-is-sixty-characters-long"


@BOTH
def test_two_tags_that_are_nearly_the_same_become_one(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    blog.post("One", tags=["pyton"])
    blog.post("Two", tags=["python"])
    page = author_page
    page.goto("/admin/tags")

    page.get_by_role("link", name="pyton → python").click()
    expect(page.get_by_role("main")).to_contain_text("After it, python has 2 articles.")
    page.get_by_role("button", name="merge").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("python")
    expect(page.locator(".done")).to_have_text("Merged. /tags/pyton leads to /tags/python now.")
    page.goto("/tags/pyton")
    expect(page).to_have_url(re.compile("/tags/python$"))


@BOTH
def test_a_refused_name_has_the_focus_and_leads_to_the_merge(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    blog.post("One", tags=["js", "javascript"])
    page = author_page
    page.goto("/admin/tags")
    page.get_by_role("link", name="js", exact=True).click()
    page.fill("#field-name", "JavaScript")

    page.keyboard.press("Enter")

    expect(page.locator("#field-name")).to_be_focused()
    expect(page.locator("#field-name")).to_have_accessible_description(
        re.compile("“javascript” is a tag already")
    )
    page.get_by_role("link", name="merge js into javascript …").click()
    expect(page.locator("#field-into")).to_have_value("javascript")


@pytest.mark.browser_context_args(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
def test_on_a_phone_nothing_scrolls_sideways_and_axe_finds_nothing(
    author_page: Page, blog: Blog
) -> None:
    blog.post("One", tags=[LONG, f"{LONG}s"], published_at=None)
    blog.post("Two", tags=[f"{LONG}s", "web"])
    page = author_page

    page.goto("/admin/tags")
    expect_calm(page)

    page.get_by_role("link", name=LONG, exact=True).click()
    page.fill("#field-name", f"{LONG}s")
    page.get_by_role("button", name="save").click()
    expect(page.locator("#error-name")).to_be_visible()
    expect_calm(page)

    page.get_by_role("link", name=f"merge {LONG} into {LONG}s …").click()
    expect(page.get_by_role("button", name="merge")).to_be_visible()
    expect_calm(page)


def expect_calm(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    expect_accessible(page)
