"""A series in the browser, in a language that runs the other way."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from .conftest import BOTH
from .server import PAST, Blog
from .test_accessibility import expect_accessible

BODY = 'מילים ועוד מילים.\n\n```python title="a.py"\nx = 1\n```\n'


@BOTH
def test_a_reader_goes_through_a_series(page: Page, blog: Blog, scripts: bool) -> None:
    for number, title in enumerate(("ראשון", "שני", "שלישי")):
        blog.post(
            title,
            slug=f"part-{number + 1}",
            published_at=PAST + timedelta(days=number),
            series="סדרה",
            language="he",
            body=BODY,
        )
    page.goto("/blog/part-1")

    page.get_by_role("navigation", name="Series", exact=True).locator("summary").click()
    page.get_by_role("link", name="שני").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("שני")
    page.get_by_role("navigation", name="Parts of the series").get_by_role(
        "link", name="part 3 →"
    ).click()

    expect(page.get_by_role("navigation", name="Series", exact=True)).to_contain_text(
        "part 3 of 3 of סדרה"
    )
    page.get_by_role("navigation", name="Series", exact=True).locator("summary").click()
    page.get_by_role("link", name="the whole series").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("סדרה")
    expect(page.get_by_role("heading", level=3)).to_have_text(["ראשון", "שני", "שלישי"])
    page.get_by_role("link", name="שלישי").click()

    expect(page.locator("article > p")).to_have_css("direction", "rtl")
    expect(page.locator(".code pre")).to_have_css("direction", "ltr")


def test_the_page_of_a_series_and_the_choice_of_a_time_that_comes_twice_are_accessible(
    author_page: Page, blog: Blog
) -> None:
    for number in range(2):
        blog.post(f"Part {number}", published_at=PAST + timedelta(days=number), series="Parts")
    author_page.goto("/series/parts")
    expect_accessible(author_page)

    author_page.goto("/admin/posts/new")
    author_page.fill("#field-title", "Hello")
    author_page.locator(".more-fields > summary").click()
    author_page.fill("#field-publish_at", "2100-10-31 02:30")
    author_page.fill("#field-zone", "Europe/Berlin")
    author_page.get_by_role("button", name="publish →").click()
    choice = author_page.get_by_role("radio", name="02:30, the second time (UTC+1)")
    expect(choice).to_be_visible()
    expect_accessible(author_page)

    author_page.keyboard.press("ArrowDown")  # the first one has the focus
    expect(choice).to_be_checked()
    author_page.get_by_role("button", name="publish →").click()
    expect(author_page.locator(".state-line")).to_contain_text(
        "31 October 2100, 02:30 (Europe/Berlin, UTC+1)"
    )
