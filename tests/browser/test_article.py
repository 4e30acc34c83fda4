"""An article in the browser: the contents, the picture, a missing page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import BOTH
from .server import Blog


@BOTH
def test_the_contents_lead_to_the_headings(page: Page, blog: Blog, scripts: bool) -> None:
    text = "Words.\n\n" * 30
    blog.post("Long", body=f"## One\n\n{text}\n## Two\n\n{text}\n## Three\n\n{text}")
    page.goto("/blog/long")
    heading = page.get_by_role("heading", name="Three")
    expect(heading).not_to_be_in_viewport()

    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Three").click()

    expect(heading).to_be_in_viewport()
    expect(page).to_have_url(re.compile("#"))


@BOTH
def test_the_samples_break_nothing(page: Page, blog: Blog, scripts: bool) -> None:
    """Every policy, picture and script of every sample; the watch looks on."""
    blog.samples()
    page.goto("/archive/")
    links = page.locator("main .plain a")
    hrefs = links.evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    assert len(hrefs) >= 7

    for href in hrefs:
        page.goto(href)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for picture in page.locator("main img").all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("complete", True)
            assert picture.evaluate("(picture) => picture.naturalWidth") > 0


@BOTH
def test_a_missing_article_names_what_may_have_been_meant(
    page: Page, blog: Blog, scripts: bool
) -> None:
    blog.post("What WAL promises")
    page.goto("/blog/what-wal-promise")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")

    page.get_by_role("link", name="What WAL promises").click()

    expect(page).to_have_url(re.compile("/blog/what-wal-promises$"))
