"""The list of articles, narrowed by tag without leaving the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import BOTH, Watch
from .listing import (
    FAILURES,
    expect_list,
    expect_state,
    forget_history,
    forget_nothing,
    is_marked,
    loaded,
    mark,
    mend,
)
from .server import Blog

SMALL = pytest.mark.browser_context_args(viewport={"width": 800, "height": 500})

TITLE = "notes – Notes on software"
PYTHON = "2 articles tagged python"
FLASK = "1 article tagged flask and python"


@pytest.fixture(autouse=True)
def articles(blog: Blog) -> None:
    """Two about Python, one of them about Flask too; and enough others to scroll."""
    for number in range(8):
        blog.post(f"Note {number}", tags=["notes"])
    blog.post("Typing", tags=["python"])
    blog.post("Views", tags=["python", "flask"])
    blog.post("Swaps", tags=["htmx"])


@BOTH
def test_a_chip_narrows_the_list(page: Page, scripts: bool) -> None:
    page.goto("/")
    mark(page)

    page.click("#chip-python")

    expect_list(page, PYTHON, "Views", "Typing")
    expect(page).to_have_url(re.compile(r"/\?tag=python$"))
    expect(page).to_have_title(f"{PYTHON} – notes")
    expect(page.locator("#chip-python")).to_have_attribute("aria-current", "true")
    expect(page.locator(".chips [aria-current]")).to_have_count(1)
    assert is_marked(page) is scripts


def test_the_head_names_what_the_list_holds(page: Page) -> None:
    feed = page.locator("link[type='application/atom+xml']")

    page.goto("/?tag=python")
    expect(page.locator("meta[property='og:title']")).to_have_attribute(
        "content", f"{PYTHON} – notes"
    )
    expect(feed).to_have_attribute("title", f"{PYTHON} – notes")

    page.goto("/tags/python")
    expect(feed).to_have_attribute("title", f"{PYTHON} – notes")


def test_a_tag_without_articles_names_no_page_of_its_own(page: Page) -> None:
    page.goto("/?tag=nothing")

    expect(page.locator("link[rel=canonical]")).to_have_count(0)
    expect(page.locator("meta[name=robots]")).to_have_attribute("content", "noindex,follow")
    expect(page.locator("#article-list")).to_have_attribute("data-canonical", "")


def test_narrowing_is_announced_and_leaves_the_focus(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#live")).to_have_attribute("aria-live", "polite")
    expect(page.locator("#live")).to_be_empty()

    page.focus("#chip-python")
    page.keyboard.press("Enter")

    expect(page.locator("#live")).to_have_text(PYTHON)
    expect(page.locator("#chip-python")).to_be_focused()
    expect(page.locator("[aria-busy]")).to_have_count(0)


@BOTH
def test_a_second_chip_combines_and_each_can_be_taken_away(page: Page, scripts: bool) -> None:
    page.goto("/")
    mark(page)

    page.click("#chip-python")
    expect_list(page, PYTHON, "Views", "Typing")
    page.click("#chip-flask")
    expect_list(page, FLASK, "Views")
    expect(page).to_have_url(re.compile(r"/\?tag=flask&tag=python$"))
    expect(page.locator(".chips [aria-current]")).to_have_count(2)

    page.click("#chip-python")
    expect_list(page, "1 article tagged flask", "Views")
    expect(page).to_have_url(re.compile(r"/\?tag=flask$"))

    page.click("#chip-flask")
    expect(page.locator(".post-list > li")).to_have_count(11)
    expect(page).to_have_title(TITLE)
    assert is_marked(page) is scripts


@BOTH
def test_a_tag_is_left_out_by_keyboard_and_let_in_again(page: Page, scripts: bool) -> None:
    page.goto("/?tag=python")
    mark(page)
    without = page.locator("#without-flask")
    expect(without).to_be_hidden()

    page.focus(".without summary")
    page.keyboard.press("Enter")
    expect(without).to_have_text("without flask 1 article")
    without.focus()
    page.keyboard.press("Enter")

    expect_list(page, "1 article tagged python, without flask", "Typing")
    expect(page).to_have_url(re.compile(r"/\?tag=python&not=flask$"))
    expect(without).to_have_attribute("aria-current", "true")
    if scripts:
        expect(without).to_be_focused()

    without.click()

    expect_list(page, PYTHON, "Views", "Typing")
    expect(without).to_be_hidden()
    assert is_marked(page) is scripts


def test_focus_goes_to_the_list_where_its_link_is_folded_away(page: Page) -> None:
    page.goto("/?not=flask")

    page.focus("#without-flask")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("11 articles")

    expect(page.locator("#article-list")).to_be_focused()


@BOTH
def test_clear_takes_every_tag_away(page: Page, scripts: bool) -> None:
    page.goto("/?tag=flask&tag=python")
    mark(page)

    page.get_by_role("link", name="clear").click()

    expect(page.locator(".post-list > li")).to_have_count(11)
    expect(page.locator(".chips [aria-current]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"[0-9]/$"))
    expect(page).to_have_title(TITLE)
    assert is_marked(page) is scripts


def test_focus_is_not_lost_with_the_link_that_had_it(page: Page) -> None:
    page.goto("/?tag=python")

    page.focus("#all-articles")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("11 articles")

    expect(page.locator("#article-list")).to_be_focused()


@SMALL
def test_one_back_restores_list_chips_title_and_place(page: Page) -> None:
    page.goto("/")
    mark(page)
    page.mouse.wheel(0, 60)
    page.wait_for_function("() => scrollY === 60")

    page.click("#chip-python")
    expect_list(page, PYTHON, "Views", "Typing")
    page.go_back()

    expect(page.locator(".post-list > li")).to_have_count(11)
    expect(page.locator(".chips [aria-current]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"[0-9]/$"))
    expect(page).to_have_title(TITLE)
    expect(page.locator("#live")).to_have_text("11 articles")
    page.wait_for_function("() => scrollY === 60")
    assert is_marked(page)

    page.go_forward()

    expect_list(page, PYTHON, "Views", "Typing")
    expect(page.locator("#chip-python")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(r"/\?tag=python$"))
    expect(page).to_have_title(f"{PYTHON} – notes")
    assert is_marked(page)


@pytest.mark.parametrize("forget", [forget_nothing, forget_history])
def test_back_and_forward_show_what_a_fresh_load_shows(
    page: Page, forget: Callable[[Page], None]
) -> None:
    steps = [
        ("#chip-python", PYTHON),
        ("#chip-flask", FLASK),
        ("#chip-python", "1 article tagged flask"),
        ("#all-articles", "11 articles"),
    ]
    page.goto("/")
    states = [loaded(page, page.url)]
    for step, sentence in steps:
        page.click(step)
        expect(page.locator("#live")).to_have_text(sentence)
        states.append(loaded(page, page.url))
    mark(page)

    forget(page)
    for state in reversed(states[:-1]):
        page.go_back()
        expect_state(page, state)
    for state in states[1:]:
        page.go_forward()
        expect_state(page, state)
    assert is_marked(page)


def test_chips_work_after_the_history_was_restored(page: Page) -> None:
    page.goto("/")
    mark(page)
    page.click("#chip-python")
    expect_list(page, PYTHON, "Views", "Typing")
    forget_history(page)
    page.go_back()
    expect(page.locator(".post-list > li")).to_have_count(11)

    page.click("#chip-htmx")

    expect_list(page, "1 article tagged htmx", "Swaps")
    expect(page.locator("#live")).to_have_text("1 article tagged htmx")
    assert is_marked(page)


def test_a_slow_older_answer_never_replaces_a_newer_one(page: Page) -> None:
    held: list[Route] = []
    page.goto("/")
    page.route("**/?tag=python", lambda route: held.append(route))

    with page.expect_request("**/?tag=python"):
        page.click("#chip-python")
    page.click("#chip-htmx")
    expect_list(page, "1 article tagged htmx", "Swaps")
    held[0].continue_()
    page.evaluate("fetch('/healthz').then((answer) => answer.text())")

    expect_list(page, "1 article tagged htmx", "Swaps")
    expect(page).to_have_url(re.compile(r"/\?tag=htmx$"))
    expect(page.locator("#trouble")).to_be_hidden()


@FAILURES
def test_a_failure_is_told_and_leaves_the_list(
    page: Page, watch: Watch, break_it: Callable[[Page], None], said: str, errors: list[str]
) -> None:
    watch.expect(*errors)
    page.goto("/")
    expect(page.locator("#trouble")).to_be_hidden()
    break_it(page)

    page.click("#chip-python")

    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.locator(".post-list > li")).to_have_count(11)
    expect(page.locator("#chip-python")).to_be_focused()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"[0-9]/$"))
    expect(page).to_have_title(TITLE)

    mend(page)
    page.click("#chip-htmx")

    expect_list(page, "1 article tagged htmx", "Swaps")
    expect(page.locator("#trouble")).to_be_hidden()
