"""What the page cache keeps: within its bounds, and nothing that could not be found any more."""

from __future__ import annotations

import math

import pytest

from blogapp import kept
from blogapp.cached import OVERHEAD, Page, Ready
from blogapp.kept import Asked, Key, Pages, Recent

A, B, C = (("/a", "", 0), ("/b", "", 0), ("/c", "", 0))
ASKED: Asked = ("/a", "", "", "gzip", False)


def page(size: int = 100) -> Page:
    made = Page(generation=1, until=math.inf, modified=None)
    made.encode("identity", b"x" * size).used = False
    made.size = size
    return made


def only(of: Page) -> Ready:
    [ready] = of.ready.values()
    return ready


def test_what_was_read_since_has_a_second_chance() -> None:
    pages, first, second = Pages(250), page(), page()
    pages.keep(A, first)
    pages.keep(B, second)
    only(first).used = True

    pages.keep(C, page())
    pages.keep(B, page())

    assert (pages.get(A), pages.size) == (None, 200)  # at first B went, and then A


def test_new_pages_find_room_where_all_are_read() -> None:
    pages, old, new = Pages(250), [page(), page()], page()
    for key, one in zip((A, B), old, strict=True):
        pages.keep(key, one)
        only(one).used = True

    pages.keep(C, new)

    assert (pages.get(A), pages.get(B), pages.get(C)) == (None, old[1], new)


def test_a_page_that_is_larger_than_all_pushes_none_out() -> None:
    pages = Pages(250)
    pages.keep(A, page())

    pages.keep(B, page(251))

    assert (pages.get(B), len(pages), pages.size) == (None, 1, 100)


def test_one_more_encoding_takes_room() -> None:
    pages, grown = Pages(220), page()
    pages.keep(A, page())
    pages.keep(B, grown)

    pages.grow(grown, grown.encode("gzip", b"x" * 1000))

    assert (pages.get(A), len(pages), pages.size) == (None, 1, grown.size)
    assert 100 < grown.size <= 220


def test_no_shortcut_holds_a_page_that_is_gone() -> None:
    pages, first = Pages(150), page()
    pages.keep(A, first)
    pages.shorten(ASKED, first, only(first))
    assert pages.shortcuts == {ASKED: only(first)}

    pages.keep(B, page())

    assert (pages.get(A), pages.shortcuts) == (None, {})
    pages.shorten(ASKED, first, only(first))  # by a thread that found it before
    assert pages.shortcuts == {}


@pytest.mark.parametrize(
    "asked",
    [("/a", "utm=1", "", "gzip", False), ("/a", "", "x" * kept.LONGEST, "gzip", False)],
)
def test_made_up_queries_and_long_headers_have_no_shortcut_and_take_no_lock(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, first = Pages(OVERHEAD), page()
    pages.keep(A, first)
    monkeypatch.setattr(pages, "_lock", None)  # who takes it fails

    pages.shorten(asked, first, only(first))

    assert pages.shortcuts == {}


def test_shortcuts_and_notes_have_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_SHORTCUTS", 3)
    pages, first, recent = Pages(OVERHEAD), page(), Recent(3)
    keys: list[Key] = [(f"/{number}", "", 0) for number in range(9)]
    pages.keep(A, first)

    for number in range(9):
        pages.shorten(("/a", "", f"x/{number}", "", False), first, only(first))
        recent.note(keys[number])

    assert 0 < len(pages.shortcuts) <= 3
    assert [key in recent for key in keys] == [False] * 6 + [True] * 3
