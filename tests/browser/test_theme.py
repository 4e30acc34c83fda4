"""The theme: the system's until the reader chooses, and from the first paint on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import PLAIN
from .server import Blog

LIGHT, DARK = "rgb(252, 251, 248)", "rgb(14, 18, 22)"
# What the root element says when <body> comes into being: before anything can be painted.
NOTE_THEME_AT_BODY = """
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    window.themeAtBody = document.documentElement.dataset.theme ?? "auto";
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture(autouse=True)
def article(blog: Blog) -> None:
    blog.post("Hello")


def expect_paper(page: Page, color: str) -> None:
    expect(page.locator("body")).to_have_css("background-color", color)


def test_without_a_choice_the_theme_follows_the_system(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    expect(page.locator("#theme")).to_have_accessible_name("theme: auto")
    expect_paper(page, LIGHT)

    page.emulate_media(color_scheme="dark")

    expect_paper(page, DARK)


@PLAIN
def test_without_scripts_the_theme_follows_the_system(page: Page) -> None:
    page.emulate_media(color_scheme="dark")

    page.goto("/")

    expect_paper(page, DARK)
    expect(page.locator("#theme")).to_be_hidden()


def test_a_choice_lasts_and_is_there_before_the_first_paint(
    page: Page, context: BrowserContext
) -> None:
    context.add_init_script(NOTE_THEME_AT_BODY)
    page.emulate_media(color_scheme="light")
    page.goto("/")
    assert page.evaluate("themeAtBody") == "auto"

    switch = page.locator("#theme")
    switch.click()
    expect(switch).to_have_accessible_name("theme: light")
    switch.click()
    expect(switch).to_have_accessible_name("theme: dark")
    expect_paper(page, DARK)

    for address in ("/", "/blog/hello", "/tags/"):
        page.goto(address)
        assert page.evaluate("themeAtBody") == "dark"
        expect_paper(page, DARK)
        expect(page.locator("#theme")).to_have_accessible_name("theme: dark")


def test_the_third_choice_is_the_system_again(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    page.locator("#theme").click()
    expect_paper(page, LIGHT)
    page.locator("#theme").click()
    page.locator("#theme").click()
    expect(page.locator("#theme")).to_have_accessible_name("theme: auto")

    page.reload()
    page.emulate_media(color_scheme="light")

    expect_paper(page, LIGHT)
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(".*"))


def test_the_switch_works_by_keyboard_and_after_a_swap(page: Page, blog: Blog) -> None:
    blog.post("Tagged", tags=["python"])
    page.goto("/")
    page.click("#chip-python")
    expect(page.locator("#live")).to_have_text("1 article tagged python")

    page.locator("#theme").focus()
    page.keyboard.press("Enter")

    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("#theme")).to_be_focused()
