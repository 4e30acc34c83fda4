"""Before publishing: the list leads to its lines, and pasted front matter fills the fields."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import PLAIN

IMAGE = "![](data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=)"
BODY = "\n\n".join([*("A long line of words. " * 20 for _ in range(30)), IMAGE])
FILE = "---\ntitle: Sets\ntags: [maths]\nmood: good\n---\n\nText about sets.\n"
LINE = """field => field.value.slice(field.selectionStart, field.selectionEnd)"""
IN_VIEW = """field => {
  const end = field.getBoundingClientRect().top + field.scrollHeight - field.scrollTop;
  return end > 0 && end < innerHeight;
}"""


def type_into(page: Page, text: str) -> None:
    page.goto("/admin/posts/new")
    page.fill("#field-title", "Proof")
    page.fill("#field-body", text)


@pytest.mark.parametrize("how", ["click", "keyboard"])
def test_a_finding_leads_to_its_line(author_page: Page, how: str) -> None:
    page = author_page
    type_into(page, BODY)
    page.locator("#field-findings").click()
    page.locator("#field-body").press("Control+Home")
    page.locator("#field-body").press("x")
    entry = page.get_by_role("link", name="line 61")

    expect(entry).to_be_visible()  # the list was renewed, and is open still
    if how == "click":
        entry.click()
    else:
        entry.focus()
        page.keyboard.press("Enter")

    body = page.locator("#field-body")
    expect(body).to_be_focused()
    assert body.evaluate(LINE) == IMAGE
    assert body.evaluate(IN_VIEW)
    page.get_by_role("link", name="description").press("Enter")
    expect(page.locator("#field-description")).to_be_focused()


@pytest.mark.parametrize("how", ["click", "keyboard"])
def test_front_matter_fills_the_fields_when_told(author_page: Page, how: str) -> None:
    page = author_page
    type_into(page, FILE)
    page.fill("#field-description", "Mine.")
    expect(page.locator(".pasted")).to_contain_text("line 4: mood is not understood")
    button = page.get_by_role("button", name="fill the fields")

    if how == "click":
        button.click()
    else:
        button.press("Enter")

    expect(page.locator("#field-title")).to_have_value("Sets")
    expect(page.locator("#field-tags")).to_have_value("maths")
    expect(page.locator("#field-body")).to_have_value("Text about sets.\n")
    expect(page.locator("#field-description")).to_have_value("Mine.")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    expect(page.locator("#post-preview .prose")).to_have_text("Text about sets.")


@PLAIN
def test_without_scripts_the_line_is_named_and_the_fields_are_filled(author_page: Page) -> None:
    page = author_page
    type_into(page, FILE)

    page.get_by_role("button", name="preview", exact=True).click()
    page.get_by_role("button", name="fill the fields").click()
    expect(page.locator("#field-body")).to_have_value("Text about sets.\n")
    page.get_by_role("button", name="preview", exact=True).click()
    page.locator("#field-findings").click()

    expect(page.locator(".findings li")).to_contain_text("There is no description")
    expect(page.locator("#field-title")).to_have_value("Sets")
