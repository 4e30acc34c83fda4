"""The list of articles, narrowed by tag without leaving the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import BOTH, Watch
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


def mark(page: Page) -> None:
    """Put something on the window that a reload would take away."""
    page.evaluate("window.marker = 'still here'")


def expect_same_page(page: Page) -> None:
    assert page.evaluate("window.marker") == "still here"


def expect_list(page: Page, sentence: str, *names: str) -> None:
    expect(page.locator(".sentence")).to_contain_text(sentence)
    expect(page.locator(".post-list h2")).to_have_text(names)


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
    assert (page.evaluate("window.marker") == "still here") is scripts


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
    assert (page.evaluate("window.marker") == "still here") is scripts


@BOTH
def test_all_articles_takes_every_tag_away(page: Page, scripts: bool) -> None:
    page.goto("/?tag=flask&tag=python")
    mark(page)

    page.get_by_role("link", name="all articles").click()

    expect(page.locator(".post-list > li")).to_have_count(11)
    expect(page.locator(".chips [aria-current]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"[0-9]/$"))
    expect(page).to_have_title(TITLE)
    assert (page.evaluate("window.marker") == "still here") is scripts


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
    page.wait_for_function("scrollY === 60")

    page.click("#chip-python")
    expect_list(page, PYTHON, "Views", "Typing")
    page.go_back()

    expect(page.locator(".post-list > li")).to_have_count(11)
    expect(page.locator(".chips [aria-current]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"[0-9]/$"))
    expect(page).to_have_title(TITLE)
    expect(page.locator("#live")).to_have_text("11 articles")
    page.wait_for_function("scrollY === 60")
    expect_same_page(page)

    page.go_forward()

    expect_list(page, PYTHON, "Views", "Typing")
    expect(page.locator("#chip-python")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(r"/\?tag=python$"))
    expect(page).to_have_title(f"{PYTHON} – notes")
    expect_same_page(page)


def forget_nothing(page: Page) -> None:
    """Leave htmx's history cache alone."""


def forget_history(page: Page) -> None:
    """Empty the storage that htmx 2.0.11 keeps its history in."""
    assert page.evaluate("sessionStorage.getItem('htmx-history-cache')")
    page.evaluate("sessionStorage.clear(), localStorage.clear()")


@pytest.mark.parametrize("forget", [forget_nothing, forget_history])
def test_back_and_forward_show_what_a_fresh_load_shows(
    page: Page, forget: Callable[[Page], None]
) -> None:
    steps = [("python", PYTHON), ("flask", FLASK), ("python", "1 article tagged flask")]
    page.goto("/")
    seen = [state_of(page)]
    for name, sentence in steps:
        page.click(f"#chip-{name}")
        expect(page.locator("#live")).to_have_text(sentence)
        seen.append(state_of(page))
    mark(page)
    forget(page)

    def expect_state(state: dict[str, object]) -> None:
        expect(page).to_have_title(str(state["title"]))
        expect(page).to_have_url(str(state["url"]))
        expect(page.locator("#article-list")).to_have_count(1)
        expect(page.locator("main")).to_have_count(1)
        page.wait_for_function(f"{STATE}().text === {state['text']!r}")

    for state in reversed(seen[:-1]):
        page.go_back()
        expect_state(state)
    for state in seen[1:]:
        page.go_forward()
        expect_state(state)
    expect_same_page(page)
    assert state_of(page) == seen[-1]

    page.reload()
    assert state_of(page) == seen[-1]


STATE = """(() => ({
  url: location.href,
  title: document.title,
  text: document.getElementById("article-list").innerText.replace(/\\s+/g, " "),
  chosen: [...document.querySelectorAll("[aria-current=true]")].map((chip) => chip.id),
}))"""


def state_of(page: Page) -> dict[str, object]:
    state: dict[str, object] = page.evaluate(f"{STATE}()")
    return state


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
    expect_same_page(page)


def test_a_slow_older_answer_never_replaces_a_newer_one(page: Page, watch: Watch) -> None:
    watch.expect("htmx:sendAbort", "htmx:afterRequest")
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


def break_the_server(page: Page) -> None:
    page.route("**/?tag=python", lambda route: route.fulfill(status=500, body="oh"))


def break_the_line(page: Page) -> None:
    page.context.set_offline(True)


@pytest.mark.parametrize(
    ("break_it", "said", "errors"),
    [
        (
            break_the_server,
            "That did not work",
            ["Response Status Error Code 500", "response: 500"],
        ),
        (break_the_line, "cannot be reached", ["request: net::ERR_INTERNET", "console: "]),
    ],
    ids=["500", "offline"],
)
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

    page.context.set_offline(False)
    page.click("#chip-htmx")

    expect_list(page, "1 article tagged htmx", "Swaps")
    expect(page.locator("#trouble")).to_be_hidden()
