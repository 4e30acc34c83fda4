"""What tests of the editor do in it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Response, expect

# An init script: the browser keeps nothing any more.
FULL_STORAGE = """
Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
"""


def write(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.fill(f"#field-{name}", text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def expect_saved(page: Page, text: str) -> None:
    expect(page.locator("[data-saved]")).to_contain_text(text)


def set_time(page: Page, time: str, zone: str) -> None:
    details = page.locator(".more-fields")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    write(page, publish_at=time, zone=zone)


def open_post(page: Page, title: str) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.locator("#field-body")).to_be_visible()
    page.wait_for_load_state()


def keep(page: Page, seconds: float = 2) -> Response:
    """Let time pass, on a clock that is installed, until the editor is kept by itself."""
    with page.expect_response("**/admin/autosave") as kept:
        page.clock.fast_forward(int(1000 * seconds))
    expect(page.locator("[data-status]")).not_to_have_text("keeping …")
    return kept.value


def expect_status(page: Page, pattern: str) -> None:
    """Wait for what the editor says about text that is not saved."""
    expect(page.locator("[data-status]")).to_have_text(re.compile(pattern))


def copies(page: Page) -> list[str]:
    """The keys of the copies in this browser."""
    keys: list[str] = page.evaluate(
        "Object.keys(localStorage).filter(k => k.startsWith('draft:'))"
    )
    return keys
