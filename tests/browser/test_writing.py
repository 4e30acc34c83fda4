"""The comfort of writing: keys, lists, the preview beside the caret, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from .conftest import PLAIN, Watch
from .server import Blog
from .test_accessibility import expect_accessible

# Texts are written with what is selected between « and », or with the caret as |.
PUT = """(field, [text, start, stop]) => {
  field.focus();
  field.value = text;
  field.setSelectionRange(start, stop);
}"""
READ = """(field) => {
  const { value, selectionStart: start, selectionEnd: stop } = field;
  if (start === stop) return value.slice(0, start) + "|" + value.slice(start);
  return value.slice(0, start) + "«" + value.slice(start, stop) + "»" + value.slice(stop);
}"""
PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const options = { clipboardData, bubbles: true, cancelable: true };
  return field.dispatchEvent(new ClipboardEvent("paste", options));
}"""
LONG = "".join(f"## Part {n}\n\nSome words of part {n}.\n\n- one\n- two\n\n" for n in range(40))


@pytest.fixture
def body(author_page: Page) -> Locator:
    """The text of a new post, focused."""
    author_page.goto("/admin/posts/new")
    return author_page.locator("#field-body")


def put(body: Locator, text: str) -> None:
    if "|" in text:
        start = stop = text.index("|")
    else:
        start, stop = text.index("«"), text.index("»") - 1
    for mark in "|«»":
        text = text.replace(mark, "")
    body.evaluate(PUT, [text, start, stop])


def expect_after(body: Locator, key: str, cases: dict[str, str]) -> None:
    """Press *key* in each text and compare what there is then; no preview is asked for."""
    body.page.evaluate("document.getElementById('field-preview')?.remove()")
    results = {}
    for before in cases:
        put(body, before)
        body.page.keyboard.press(key)
        results[before] = body.evaluate(READ)
    assert results == cases


def test_enter_goes_on_with_lists_and_quotes(body: Locator) -> None:
    expect_after(
        body,
        "Enter",
        {
            "- one|": "- one\n- |",
            "* one| two": "* one\n* |two",
            "1. one|": "1. one\n2. |",
            "9) nine|": "9) nine\n10) |",
            "1. one\n1. two|": "1. one\n1. two\n1. |",
            "- [x] done|": "- [x] done\n- [ ] |",
            "- a\n  - b|": "- a\n  - b\n  - |",
            "- a\n\n  more|": "- a\n\n  more\n  |",
            "> quoted|": "> quoted\n> |",
            "> - item|": "> - item\n> - |",
            "- a\n- |": "- a\n|",
            "1. a\n   - b\n   - |": "1. a\n   - b\n2. |",
            "> a\n> |": "> a\n|",
            "> - a\n> - |": "> - a\n> |",
            "- on«e»": "- on\n- |",
            "plain|": "plain\n|",
            "|- one": "\n|- one",
            "Title\n-|": "Title\n-\n|",
            "* * *|": "* * *\n|",
            "```\n- no item|": "```\n- no item\n|",
            "```\n    code|": "```\n    code\n    |",
            "words\n\n    - code|": "words\n\n    - code\n    |",
            "```\n\n```\n- item|": "```\n\n```\n- item\n- |",
        },
    )
    expect_after(body, "Shift+Enter", {"- one|": "- one\n|"})


def test_tab_indents_in_lists_and_in_code(body: Locator) -> None:
    expect_after(
        body,
        "Tab",
        {
            "- a\n- b|": "- a\n  - b|",
            "1. a\n2. b|\n3. c": "1. a\n   1. b|\n3. c",
            "10. a\n11. b|": "10. a\n    1. b|",
            "- a\n- b|\n  - c": "- a\n  - b|\n    - c",
            "- a\n«- b\n- c»": "- a\n  «- b\n  - c»",
            "- first|": "- first|",
            "> - a\n> - b|": "> - a\n>   - b|",
            "```\nif x:\n|": "```\nif x:\n    |",
            "```\n\tif x {\n|": "```\n\tif x {\n\t|",
            "```\n«a\n\nb»\n```": "```\n    «a\n\n    b»\n```",
        },
    )
    expect_after(
        body,
        "Shift+Tab",
        {
            "- a\n  - b|\n    - c": "- a\n- b|\n  - c",
            "1. a\n   1. b|": "1. a\n2. b|",
            "- top|": "- top|",
            "```\n    a|\n```": "```\na|\n```",
            "words\n\n    code|": "words\n\ncode|",
        },
    )


def test_tab_leads_on_elsewhere_and_always_after_escape(body: Locator) -> None:
    keys = body.page.keyboard
    expect(body).to_have_accessible_description(
        "In lists and in code, Tab indents; Escape, then "
        "Tab leaves the text. Control and slash show all keys."
    )
    for text, way in {"words|": ["Tab"], "- a\n- b|": ["Escape", "Tab"]}.items():
        put(body, text)

        for key in way:
            keys.press(key)

        expect(body).not_to_be_focused()
        assert body.input_value() == text.replace("|", "")
    put(body, "- a\n- b|")

    for key in ("Escape", "Shift+Tab"):
        keys.press(key)

    expect(body.page.locator("#field-title")).to_be_focused()


def test_marks_are_put_around_words_and_taken_away(body: Locator) -> None:
    expect_after(
        body,
        "Control+b",
        {
            "a «word» b": "a **«word»** b",
            "a **«word»** b": "a «word» b",
            "a «**word**» b": "a «word» b",
            "a __«word»__ b": "a «word» b",
            "a *«word»* b": "a ***«word»*** b",
            "a ***«word»*** b": "a *«word»* b",
            "some wo|rd": "some **wo|rd**",
            "some **wo|rd**": "some wo|rd",
            "some |": "some **|**",
            "some **|**": "some |",
            "so **much|**": "so **much**|",
            "«- one\n- two\n»": "«- **one**\n- **two**»\n",
            "«- **one**\n- **two**»": "«- one\n- two»",
        },
    )
    expect_after(
        body,
        "Control+i",
        {
            "a «word» b": "a *«word»* b",
            "a *«word»* b": "a «word» b",
            "a **«word»** b": "a ***«word»*** b",
            "a ***«word»*** b": "a **«word»** b",
            "a _«word»_ b": "a «word» b",
        },
    )
    expect_after(
        body,
        "Control+k",
        {
            "a «word» b": "a [word](|) b",
            "a wo|rd": "a [word](|)",
            "a |": "a [|]()",
            "«https://example.org/a»": "[|](https://example.org/a)",
            "a [wo|rd](https://example.org) b": "a «word» b",
            "![wo|rd](a.png)": "![[word](|)](a.png)",
        },
    )


def test_a_pasted_url_makes_a_link_of_words(body: Locator) -> None:
    url = "https://example.org/a_(b)"
    cases = {
        "a «word» b": f"a [word]({url})| b",
        "a «word »b": f"a [word]({url})| b",
        "a |": None,
        "«https://example.com»": None,
        "`a «word»`": None,
        "```\n«word»\n```": None,
        "words\n\n    «word»": None,
        "[a](«b»)": None,
        "«one\n\ntwo»": None,
    }
    for before, after in cases.items():
        put(body, before)

        left_alone = body.evaluate(PASTE, url)

        assert left_alone == (after is None), before
        assert body.evaluate(READ) == (after or before)
    put(body, "a «word»")
    assert body.evaluate(PASTE, "two words") is True
    assert body.evaluate(PASTE, "javascript:alert(1)") is True
    body.evaluate(PASTE, "https://example.org/:)")
    expect(body).to_have_value("a [word](<https://example.org/:)>)")


def test_each_change_is_one_step_to_undo_and_is_heard(body: Locator) -> None:
    page = body.page
    body.press_sequentially("- one")
    page.evaluate("""() => {
      window.heard = new Set();
      document.addEventListener("input", ({ target }) => window.heard.add(target.value));
    }""")
    steps = ["- one\n- ", "- one\n  - ", "- one\n  - ****"]

    for key, text in zip(("Enter", "Tab", "Control+b"), steps, strict=True):
        page.keyboard.press(key)
        expect(body).to_have_value(text)
    assert page.evaluate("[...window.heard]") == steps
    for text in (steps[1], steps[0], "- one"):
        page.keyboard.press("Control+z")
        expect(body).to_have_value(text)
    page.keyboard.press("Control+Shift+z")

    expect(body).to_have_value(steps[0])
    expect(page.locator("#post-preview .prose li")).to_have_count(2)


def test_an_input_method_is_not_disturbed(body: Locator) -> None:
    page = body.page
    devtools = page.context.new_cdp_session(page)
    body.focus()
    page.keyboard.insert_text("- ")

    for text in ("n", "に", "にほ"):
        devtools.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    for key in ("Enter", "Tab", "b"):
        untouched = body.evaluate(
            """(field, key) => field.dispatchEvent(new KeyboardEvent("keydown", {
              key, ctrlKey: key === "b", isComposing: true, bubbles: true, cancelable: true,
            }))""",
            key,
        )
        assert untouched, key
    expect(body).to_have_value("- にほ")
    devtools.send("Input.insertText", {"text": "日本"})
    page.keyboard.press("Enter")

    expect(body).to_have_value("- 日本\n- ")


def test_a_keyboard_on_glass_continues_a_list(body: Locator) -> None:
    page = body.page
    put(body, "- one|")

    # It names no key, only what is about to happen.
    body.evaluate("""(field) => {
      const key = { key: "Unidentified", keyCode: 229, bubbles: true, cancelable: true };
      field.dispatchEvent(new KeyboardEvent("keydown", key));
      const line = { inputType: "insertLineBreak", bubbles: true, cancelable: true };
      field.dispatchEvent(new InputEvent("beforeinput", line));
    }""")

    expect(body).to_have_value("- one\n- ")
    expect(page.locator("#post-preview .prose li")).to_have_count(2)


def test_the_keys_are_shown_by_a_button_and_by_keys(body: Locator) -> None:
    page = body.page
    dialog = page.locator("#field-keys")
    body.press("?")
    expect(body).to_have_value("?")
    expect(dialog).to_be_hidden()

    body.press("Control+/")
    expect(dialog).to_be_visible()
    expect_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(body).to_be_focused()

    page.get_by_role("button", name="keys", exact=True).click()
    page.get_by_label("use ?").uncheck()
    page.get_by_role("button", name="close").click()
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()

    page.get_by_role("button", name="keys", exact=True).click()
    page.get_by_label("use ?").check()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()


def test_words_and_minutes_are_told_as_one_writes(body: Locator) -> None:
    page = body.page
    length = page.locator("[data-length-here]")
    body.focus()
    page.keyboard.insert_text("word " * 1234 + "\n```\nnot a word of prose\n```\n日本")

    expect(length).to_have_text("1,236 words · 5 min")
    expect(page.locator("#post-preview > .meta").first).to_contain_text("1,236 words · 5 min")
    expect(page.locator("#live")).to_have_text("")


@pytest.mark.browser_context_args(reduced_motion="reduce")
def test_the_preview_follows_the_caret(author_page: Page, blog: Blog) -> None:
    blog.post("Long", body=LONG)
    page = author_page
    page.goto("/admin/posts/1")
    body, preview = page.locator("#field-body"), page.locator("#post-preview")
    part = preview.get_by_text("Some words of part 30.")
    expect(part).not_to_be_in_viewport()

    put(body, LONG.replace("of part 30.", "of| part 30."))
    expect(part).to_be_in_viewport()
    assert page.evaluate("scrollY") < 300, "only the preview is scrolled"

    preview.hover()
    page.mouse.wheel(0, -20000)
    expect(preview.get_by_text("Some words of part 0.")).to_be_in_viewport()
    with page.expect_response("**/admin/preview"):
        page.keyboard.insert_text(" all")
    expect(preview.get_by_text("Some words of all part 30.")).to_be_attached()
    expect(preview.get_by_text("Some words of part 0.")).to_be_in_viewport()

    page.keyboard.press("Control+End")
    expect(preview.locator(".prose > :last-child")).to_be_in_viewport()


NARROW = pytest.mark.browser_context_args(
    viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True
)


@NARROW
def test_one_tap_switches_between_text_and_preview(author_page: Page, blog: Blog) -> None:
    blog.post("Long", body=LONG)
    page = author_page
    page.goto("/admin/posts/1")
    body, preview = page.locator("#field-body"), page.locator("#post-preview")
    to_text = page.get_by_role("button", name="text", exact=True)
    to_preview = page.get_by_role("button", name="preview", exact=True)
    expect(preview).to_be_hidden()
    expect(to_text).to_have_attribute("aria-pressed", "true")
    put(body, LONG.replace("of part 30.", "of| part 30."))

    to_preview.tap()

    expect(body).to_be_hidden()
    expect(preview.get_by_text("Some words of part 30.")).to_be_in_viewport()
    expect(to_preview).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect_accessible(page)

    page.get_by_role("button", name="update").tap()
    expect(page.locator("[data-saved]")).to_be_visible()
    expect(to_preview).to_have_attribute("aria-pressed", "true")
    to_text.tap()
    expect(body).to_be_focused()
    expect(preview).to_be_hidden()


@NARROW
def test_the_bar_never_covers_what_is_typed(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    body, bar = page.locator("#field-body"), page.locator(".actions")
    put(body, f"{LONG}|")

    body.press_sequentially("the end")

    field, covered = body.bounding_box(), bar.bounding_box()
    assert field and covered
    assert field["height"] > 640, "it grows with its text"
    assert field["y"] + field["height"] <= covered["y"] + 1
    assert covered["y"] + covered["height"] == 640
    buttons = bar.get_by_role("button").all()
    assert len({box["y"] for button in buttons if (box := button.bounding_box())}) == 1
    small = [
        button.inner_text()
        for button in buttons
        if (box := button.bounding_box()) and min(box["width"], box["height"]) < 44
    ]
    assert small == []
    expect_accessible(page)


def test_the_bar_covers_nothing_on_a_wide_screen_either(body: Locator) -> None:
    put(body, f"{LONG}|")

    body.press_sequentially("the end")

    field, bar = body.bounding_box(), body.page.locator(".actions").bounding_box()
    assert field and bar
    assert field["y"] + field["height"] <= bar["y"]


@NARROW
def test_the_bar_says_in_one_line_what_stands_in_full_below_the_text(
    author_page: Page, context: BrowserContext, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    page = author_page
    page.goto("/admin/posts/new")
    bar = page.locator(".post-form > .actions")
    context.set_offline(True)

    page.locator("#field-body").press_sequentially("Words")

    expect(page.locator("[data-status-here]")).to_contain_text("cannot be reached")
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 640})
        buttons = [button.bounding_box() for button in bar.get_by_role("button").all()]
        assert len({box["y"] for box in buttons if box}) == 1
        assert bar.evaluate("(bar) => bar.offsetHeight") < 90
    page.set_viewport_size({"width": 640, "height": 360})  # a phone on its side
    assert bar.evaluate("(bar) => getComputedStyle(bar).position") == "static"
    context.set_offline(False)


def test_a_second_click_on_publish_takes_nothing_back_and_the_focus_stays(body: Locator) -> None:
    page = body.page
    page.fill("#field-title", "Title")
    body.fill("Words.")
    box = page.get_by_role("button", name="publish →").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2

    for part in (0.5, 0.02, 0.98):  # then near both edges of the place where it was
        page.mouse.click(box["x"] + part * box["width"], middle)
        expect(page.locator("[data-saved]")).to_be_visible()
        expect(page.get_by_role("button", name="update")).to_be_focused()

        page.locator("[data-saved]").evaluate("(note) => note.remove()")
        expect(page.locator(".badge")).to_have_text("published")


@NARROW
@PLAIN
def test_without_scripts_text_and_preview_are_below_each_other(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")

    expect(page.locator("#field-body")).to_be_visible()
    expect(page.locator("#post-preview")).to_be_visible()
    expect(page.get_by_role("button", name="text", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="keys", exact=True)).to_be_hidden()
