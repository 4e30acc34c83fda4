"""The theme: the system's until the reader chooses, and from the first paint on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from .conftest import PLAIN
from .server import Blog

LIGHT, DARK = "rgb(252, 251, 248)", "rgb(14, 18, 22)"
# What the first frame of the page shows: nothing of it can be painted before.
NOTE_FIRST_FRAME = """
  const note = () => {
    if (!document.body) return void requestAnimationFrame(note);
    window.firstFrame = getComputedStyle(document.body).backgroundColor;
  };
  requestAnimationFrame(note);
"""


@pytest.fixture(autouse=True)
def article(blog: Blog) -> None:
    blog.post("Hello")


def first_frame(page: Page) -> str:
    """Return what the first frame showed; a busy machine may draw it after the page is there."""
    return str(page.wait_for_function("window.firstFrame").json_value())


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


def test_a_choice_lasts_and_is_there_from_the_first_paint_on(
    page: Page, context: BrowserContext
) -> None:
    context.add_init_script(NOTE_FIRST_FRAME)
    page.emulate_media(color_scheme="light")
    page.goto("/")
    assert first_frame(page) == LIGHT

    switch = page.locator("#theme")
    switch.click()
    expect(switch).to_have_accessible_name("theme: light")
    switch.click()
    expect(switch).to_have_accessible_name("theme: dark")
    expect_paper(page, DARK)

    for address in ("/", "/blog/hello", "/tags/"):
        page.goto(address)
        assert first_frame(page) == DARK
        expect_paper(page, DARK)
        expect(page.locator("#theme")).to_have_accessible_name("theme: dark")


def test_the_first_paint_has_the_chosen_theme_and_waits_for_no_script(
    page: Page, context: BrowserContext
) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    page.locator("#theme").dblclick()
    expect_paper(page, DARK)
    held: list[Route] = []
    page.route("**/*.js", lambda route: held.append(route))

    page.goto("/blog/hello", wait_until="commit")

    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    expect_paper(page, DARK)
    expect(page.locator("#theme")).to_be_hidden()
    assert len(held) == 1  # and it was not there before
    held[0].continue_()
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


def test_a_choice_reaches_other_tabs_at_once_and_is_there_when_they_are_loaded_again(
    page: Page, context: BrowserContext
) -> None:
    other = context.new_page()
    for tab in (page, other):
        tab.emulate_media(color_scheme="light")
        tab.goto("/")
    page.locator("#theme").dblclick()

    expect_paper(other, DARK)
    expect(other.locator("#theme")).to_have_accessible_name("theme: dark")
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")

    other.reload()

    expect_paper(other, DARK)
    expect(other.locator("#theme")).to_have_accessible_name("theme: dark")


def test_a_choice_that_an_earlier_version_stored_becomes_the_stylesheet(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    page.evaluate("localStorage.setItem('theme', 'dark')")

    page.reload()

    expect_paper(page, DARK)
    kept = page.context.cookies(f"{page.url}static/theme.css")
    assert [(cookie["name"], cookie["value"]) for cookie in kept] == [("theme", "dark")]


def test_where_nothing_may_be_stored_the_choice_lasts_all_the_same(
    page: Page, context: BrowserContext
) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    page.emulate_media(color_scheme="light")
    page.goto("/")
    page.locator("#theme").dblclick()
    expect_paper(page, DARK)

    page.reload()

    expect_paper(page, DARK)
    expect(page.locator("#theme")).to_have_accessible_name("theme: dark")
