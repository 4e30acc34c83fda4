"""A series in the browser, in a language that runs the other way."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from .conftest import BOTH
from .server import PAST, Blog

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
    expect(page.locator("article > p")).to_have_css("direction", "rtl")
    expect(page.locator(".code pre")).to_have_css("direction", "ltr")
