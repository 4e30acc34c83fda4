"""An author writes: signs in, sees the preview, saves, schedules, publishes, and loses nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Dialog, Page, Request, Route, expect

from .conftest import BOTH
from .editing import FULL_STORAGE, expect_saved, open_post, press, set_time, write
from .server import NAME, PASSWORD, Blog

BODY = """\
Some *emphasis* and `code`.

## A heading

- one
- two

```python title="hello.py"
print("hello, world")
```

| a | b |
|---|--:|
| 1 | 2 |
"""
OF_READERS = """async (url) => {
  const html = await (await fetch(url)).text();
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector(".prose").innerHTML.trim();
}"""


def expect_on_front_page(page: Page, *titles: str) -> None:
    page.goto("/")
    expect(page.locator(".post-list h3")).to_have_text(titles)


@BOTH
def test_signing_in_takes_the_right_password(page: Page, blog: Blog, scripts: bool) -> None:
    blog.author()
    page.goto("/admin/posts/new")
    expect(page).to_have_url(re.compile("/admin/login"))
    write(page, name=NAME, password="wrong horse battery")

    press(page, "sign in →")
    expect(page.locator("#field-password")).to_have_accessible_description(re.compile("is wrong"))
    expect(page.locator("#field-password")).to_be_focused()
    expect(page.locator("#field-name")).to_have_value(NAME)
    expect(page.locator("#field-password")).to_have_value("")

    write(page, password=PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/admin/posts/new$"))


@BOTH
def test_signing_out_ends_it(author_page: Page, scripts: bool) -> None:
    page = author_page
    page.goto("/admin/")

    page.locator(".sign-out summary").click()
    press(page, "sign out")
    expect(page).to_have_url(re.compile("[0-9]/$"))
    page.goto("/admin/")

    expect(page).to_have_url(re.compile("/admin/login"))


@BOTH
def test_from_a_blank_page_to_the_readers(author_page: Page, scripts: bool) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    write(page, title="What I learned", body=BODY, tags="Python, notes", description="A lot.")

    if not scripts:
        press(page, "preview")
        expect(page.locator("#post-preview")).to_contain_text("hello, world")
        expect(page.locator("#field-body")).to_have_value(BODY)
    press(page, "save draft")
    expect_saved(page, "Saved")
    expect(page).to_have_url(re.compile(r"/admin/posts/\d+$"))
    expect(page.locator(".badge")).to_have_text("draft")
    expect(page.locator("#field-tags")).to_have_value("notes, python")

    press(page, "publish →")
    expect_saved(page, "Published.")
    expect(page.locator(".badge")).to_have_text("published")
    page.get_by_role("link", name="read it").click()

    expect(page).to_have_url(re.compile("/blog/what-i-learned$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("What I learned")
    expect_on_front_page(page, "What I learned")


def test_the_preview_is_what_readers_get(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    expect(page.locator("#post-preview")).to_contain_text("What you write appears here")

    page.locator("#field-title").press_sequentially("C# vs C++")
    expect(page.locator(".preview-title")).to_have_text("C# vs C++")
    page.locator("#field-body").focus()
    page.keyboard.insert_text(BODY)
    expect(page.locator("#post-preview .prose")).to_contain_text("hello, world")
    expect(page.locator("#field-body")).to_be_focused()
    expect(page).to_have_url(re.compile("/admin/posts/new$"))
    previewed = page.locator("#post-preview .prose").inner_html().strip()
    suggested = page.locator("#field-slug").get_attribute("placeholder")

    press(page, "publish →")
    expect_saved(page, "Published.")

    assert previewed == page.evaluate(OF_READERS, f"/blog/{suggested}")
    expect(page.locator(".path")).to_have_text(f"~/blog/{suggested}.md")


def test_the_preview_shows_the_last_of_what_was_typed(author_page: Page) -> None:
    held: list[Route] = []
    page = author_page
    page.goto("/admin/posts/new")
    page.route("**/admin/preview", lambda route: held.append(route), times=1)

    with page.expect_request("**/admin/preview"):
        page.locator("#field-body").press_sequentially("first")
    with page.expect_response("**/admin/preview"):
        page.locator("#field-body").press_sequentially(" second")
    expect(page.locator("#post-preview .prose")).to_have_text("first second")
    held[0].continue_()
    page.evaluate("fetch('/healthz').then((answer) => answer.text())")

    expect(page.locator("#post-preview .prose")).to_have_text("first second")


def test_ctrl_s_saves_and_leaves_the_caret(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/")
    page.get_by_role("link", name="new post", exact=True).click()
    write(page, title="Caret")
    body = page.locator("#field-body")
    body.focus()
    page.keyboard.insert_text("one three")
    for _ in "three":
        page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-unsaved]")).to_be_visible()

    page.keyboard.press("Control+s")

    expect_saved(page, "Saved")
    expect(page.locator("#live")).to_contain_text("Saved")
    expect(page).to_have_url(re.compile(r"/admin/posts/\d+$"))
    expect(page.locator("[data-unsaved]")).to_be_hidden()
    expect(body).to_be_focused()
    page.keyboard.insert_text("two ")
    expect(body).to_have_value("one two three")
    expect(page.locator("[data-unsaved]")).to_be_visible()

    page.keyboard.press("Control+s")
    expect(page.locator("[data-unsaved]")).to_be_hidden()
    page.reload()
    expect(body).to_have_value("one two three")


def test_a_save_leaves_the_history_and_an_input_method_alone(
    author_page: Page, blog: Blog
) -> None:
    blog.post("Hello", published_at=None, body="one")
    page = author_page
    open_post(page, "Hello")
    held: list[Route] = []
    page.route("**/admin/posts/1", lambda route: held.append(route), times=1)
    page.locator("#field-body").press("Control+End")
    page.keyboard.type(" two")
    with page.expect_request("**/admin/posts/1"):
        page.keyboard.press("Control+s")
    title = page.locator("#field-title")
    title.press("End")
    keyboard = page.context.new_cdp_session(page)
    composition = {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
    keyboard.send("Input.imeSetComposition", composition)

    held[0].continue_()
    expect_saved(page, "Saved")
    keyboard.send("Input.insertText", {"text": "日本"})

    expect(title).to_have_value("Hello日本")
    expect(title).to_be_focused()
    page.locator("#field-body").focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator("#field-body")).to_have_value("one")


def test_what_is_typed_while_a_save_is_on_its_way_stays(author_page: Page) -> None:
    held: list[Route] = []
    page = author_page
    page.goto("/admin/posts/new")
    page.route("**/admin/posts/new", lambda route: held.append(route), times=1)
    title = page.locator("#field-title")
    title.focus()
    page.keyboard.insert_text("A title")
    with page.expect_request("**/admin/posts/new"):
        page.keyboard.press("Control+s")

    page.keyboard.insert_text(" that grows")
    held[0].continue_()

    expect_saved(page, "Saved")
    expect(title).to_have_value("A title that grows")
    expect(title).to_be_focused()
    expect(page.locator("[data-unsaved]")).to_be_visible()


def test_saving_adds_no_step_to_the_history(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/")
    page.get_by_role("link", name="new post", exact=True).click()
    write(page, title="Often saved")
    for _ in range(3):
        page.keyboard.press("Control+s")
        expect(page.locator("[data-unsaved]")).to_be_hidden()
        expect_saved(page, "Saved")
        page.locator("#field-body").press_sequentially("more ")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-unsaved]")).to_be_hidden()

    page.go_back()

    expect(page).to_have_url(re.compile("/admin/$"))
    expect(page.get_by_role("main")).to_contain_text("Often saved")


def test_leaving_with_text_that_nobody_has_kept_asks(author_page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page = author_page
    page.on("dialog", stay)
    page.add_init_script(FULL_STORAGE)
    page.route("**/admin/autosave", lambda route: None)  # no answer ever comes
    page.goto("/admin/posts/new")
    page.locator("#field-title").press_sequentially("Unsaved")

    with page.expect_event("dialog"):
        page.get_by_role("link", name="messages").click(no_wait_after=True)
    expect(page.locator("#field-title")).to_have_value("Unsaved")
    assert asked == ["beforeunload"]

    page.keyboard.press("Control+s")
    expect_saved(page, "Saved")
    page.get_by_role("link", name="messages").click()

    expect(page).to_have_url(re.compile("/admin/messages$"))
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("button", ["save draft", "publish →"])
@BOTH
def test_a_post_without_a_title_comes_back(author_page: Page, button: str, scripts: bool) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    write(page, body="Text without a title.")

    press(page, button)

    title = page.locator("#field-title")
    expect(title).to_have_accessible_description(re.compile("A post needs a title"))
    expect(title).to_be_focused()
    expect(page.locator("#field-body")).to_have_value("Text without a title.")
    expect(page).to_have_url(re.compile("/admin/posts/new$"))


@BOTH
def test_a_slug_that_is_taken_is_told_at_the_field(
    author_page: Page, blog: Blog, scripts: bool
) -> None:
    blog.post("Taken")
    page = author_page
    page.goto("/admin/posts/new")
    write(page, title="Another", slug="taken", body="Words.")

    press(page, "save draft")

    slug = page.locator("#field-slug")
    expect(slug).to_have_accessible_description(re.compile("taken-2"))
    expect(slug).to_be_focused()
    expect(page.locator("#field-body")).to_have_value("Words.")


@BOTH
def test_a_post_for_later_waits(author_page: Page, scripts: bool) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    write(page, title="Later")
    set_time(page, "2099-01-02T09:30", "Europe/Berlin")

    press(page, "publish →")

    expect_saved(page, "Scheduled for 2 January 2099, 09:30 (Europe/Berlin).")
    expect(page.locator(".badge")).to_have_text("scheduled")
    expect(page.locator("#field-publish_at")).to_have_value("2099-01-02 09:30")
    address = page.url
    page.goto("/")
    expect(page.get_by_role("main")).not_to_contain_text("Later")

    page.goto(address)
    press(page, "publish now")

    expect_saved(page, "Published.")
    expect_on_front_page(page, "Later")


@BOTH
def test_a_time_that_the_clocks_skip_is_told_at_the_field(
    author_page: Page, scripts: bool
) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    write(page, title="Never", body="Words.")
    set_time(page, "2027-03-28T02:30", "Europe/Berlin")

    press(page, "publish →")

    field = page.locator("#field-publish_at")
    expect(field).to_have_accessible_description(re.compile("02:30 does not exist"))
    expect(field).to_be_focused()
    expect(page.locator("#field-body")).to_have_value("Words.")
    page.goto("/admin/")
    expect(page.get_by_role("main")).not_to_contain_text("Never")


@BOTH
def test_what_is_taken_back_is_a_draft_again(author_page: Page, blog: Blog, scripts: bool) -> None:
    blog.post("Too early")
    blog.post("Stays", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    page = author_page
    open_post(page, "Too early")

    press(page, "unpublish")

    expect_saved(page, "draft again")
    expect(page.locator(".badge")).to_have_text("draft")
    expect_on_front_page(page, "Stays")


def test_tags_complete_one_by_one(author_page: Page, blog: Blog) -> None:
    blog.post("Tagged", tags=["python", "testing"])
    page = author_page
    page.goto("/admin/posts/new")
    options = page.locator("#field-tags-known option")
    known = "(options) => options.map((option) => option.value)"
    assert options.evaluate_all(known) == ["python", "testing"]

    page.locator("#field-tags").press_sequentially("python, te")

    assert options.evaluate_all(known) == ["python, python", "python, testing"]


def test_saving_twice_in_a_breath_is_no_conflict(author_page: Page, blog: Blog) -> None:
    blog.post("Hello")
    page = author_page
    open_post(page, "Hello")
    body = page.locator("#field-body")
    body.focus()

    for word in ("one ", "two ", "three "):
        page.keyboard.insert_text(word)
        page.keyboard.press("Control+s")

    expect_saved(page, "Saved")
    expect(page.locator(".notice")).to_have_count(0)
    page.keyboard.press("Control+s")
    expect(page.locator("[data-unsaved]")).to_be_hidden()
    expect(body).to_have_value(re.compile("one two three"))


def test_saving_in_the_moment_of_the_swap_does_not_leave_the_page(
    author_page: Page, blog: Blog
) -> None:
    blog.post("Hello")
    page = author_page
    open_post(page, "Hello")
    page.evaluate("""() => {
      const again = () => document.querySelector("[data-save]").click();
      document.addEventListener("htmx:afterSwap", () => setTimeout(again), { once: true });
      window.stayed = true;
    }""")

    saves: list[Request] = []
    page.on("request", lambda sent: saves.append(sent) if sent.method == "POST" else None)
    with page.expect_request_finished(lambda sent: len(saves) == 2 and sent == saves[1]):
        page.keyboard.press("Control+s")

    assert saves[1].headers.get("hx-request") == "true"
    expect_saved(page, "Saved")
    assert page.evaluate("window.stayed")
