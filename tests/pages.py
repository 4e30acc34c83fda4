"""What every page of ours must be: read by a strict parser, with one h1, unique ids and labels."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import html5lib

_LABELLED = {"input", "textarea", "select"}
# One of six hundred time zones is enough to look at.
_MANY_OPTIONS = re.compile(r'(<option value="[^"<>&]*"></option>\s*){9,}')
# Pages of one form differ by it alone.
_TOKEN = re.compile(r'(name="csrf_token"[^<>]* value=")[\w.-]+')
_HTMX_FREE = {"hx-target", "hx-swap", "hx-push-url", "hx-sync", "hx-trigger"}
_HTMX_FREE |= {"hx-disabled-elt", "hx-history", "hx-history-elt", "hx-replace-url", "hx-select"}
_HTMX_FREE |= {"hx-preserve"}

_good: set[int] = set()


def check_page(html: str, *, partial: bool = False) -> None:
    """Fail with the reason if *html* is not what we send to browsers."""
    page = hash((_TOKEN.sub(r"\1", html), partial))
    if page not in _good:  # many tests fetch the same page, and the parser is slow
        _check(_parsed(html, partial), partial)
        _good.add(page)


def _check(elements: list[ET.Element], partial: bool) -> None:
    _check_ids(elements)
    _check_labels(elements)
    _check_htmx(elements)
    for element in elements:
        _check_attributes(element)
    if not partial:
        headings = [element for element in elements if element.tag == "h1"]
        assert len(headings) == 1, f"{len(headings)} h1 elements"
        assert any(element.tag == "title" and text_of(element) for element in elements)
        _check_order_of_headings(elements)


def parse(html: str, *, partial: bool = False) -> Iterator[ET.Element]:
    """Read HTML as a browser does, refusing what the standard calls a parse error."""
    return iter(_parsed(html, partial))


@lru_cache(16)  # who has checked a page reads it
def _parsed(html: str, partial: bool) -> list[ET.Element]:
    html = _MANY_OPTIONS.sub(r"\1", html)
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parseFragment(html) if partial else parser.parse(html)
    return [element for element in tree.iter() if isinstance(element.tag, str)]


def text_of(element: ET.Element) -> str:
    """All the text in *element*, white space folded."""
    return " ".join("".join(element.itertext()).split())


def fields_of(html: str) -> dict[str, str]:
    """What a browser would send of the forms in a page or part: names and values."""
    found = {}
    for element in parse(html, partial=not html.startswith("<!doctype")):
        if element.tag in {"input", "textarea"} and "name" in element.attrib:
            sent = element.attrib.get("type") not in {"radio", "checkbox"}
            if not sent and "checked" not in element.attrib:
                continue
            text = element.text if element.tag == "textarea" else element.attrib.get("value")
            found[element.attrib["name"]] = text or ""
        if element.tag == "select":
            options = element.findall("option")
            chosen = next((o for o in options if "selected" in o.attrib), options[0])
            found[element.attrib["name"]] = chosen.attrib["value"]
    return found


def _check_ids(elements: list[ET.Element]) -> None:
    ids = [element.attrib["id"] for element in elements if "id" in element.attrib]
    twice = {id_ for id_ in ids if ids.count(id_) > 1}
    assert not twice, f"ids stand twice: {twice}"
    for element in elements:
        for name in ("aria-describedby", "aria-labelledby", "list", "for"):
            for reference in element.attrib.get(name, "").split():
                assert reference in ids, f'{name}="{reference}" leads nowhere'


def _check_labels(elements: list[ET.Element]) -> None:
    labelled = {element.attrib.get("for") for element in elements if element.tag == "label"}
    for element in elements:
        if element.tag not in _LABELLED or element.attrib.get("type") == "hidden":
            continue
        named = element.attrib.get("id") in labelled or "aria-label" in element.attrib
        assert named, f"a field without a label: {element.attrib}"


def _check_attributes(element: ET.Element) -> None:
    for name in element.attrib:
        assert not name.startswith("on"), f"an inline handler: {name} on {element.tag}"
        assert name != "style", f"an inline style on {element.tag}"
        assert not name.startswith("hx-"), f"{name} without data-: {element.tag}"
    if element.tag == "script":
        inline = "src" not in element.attrib
        assert not inline or element.attrib.get("type") == "application/ld+json"
    if element.tag == "img":
        assert "alt" in element.attrib, "an image without alt"
    if element.tag == "a":
        assert text_of(element) or element.attrib.get("aria-label"), "a link without a name"


def _check_htmx(elements: list[ET.Element]) -> None:
    """Requests stand only on what does the same without htmx, at the same address."""
    for element in elements:
        attributes = element.attrib
        get, post = attributes.get("data-hx-get"), attributes.get("data-hx-post")
        if get is not None:
            assert get == _address_of(element), f"hx-get: {attributes}"
        if post is not None:
            target = attributes.get("action" if element.tag == "form" else "formaction")
            assert element.tag in {"form", "button"} and post == target, f"hx-post: {attributes}"
        for name in attributes:
            if name.startswith("data-hx-") and name not in {"data-hx-get", "data-hx-post"}:
                assert name.removeprefix("data-") in _HTMX_FREE, f"unexpected {name}"


def _address_of(element: ET.Element) -> str | None:
    """Where a link, or a form that only asks, leads."""
    if element.tag == "form" and element.attrib.get("method") == "get":
        return element.attrib.get("action")
    return element.attrib.get("href") if element.tag == "a" else None


def _check_order_of_headings(elements: list[ET.Element]) -> None:
    """After the h1, a level is at most one deeper than the one before."""
    levels = [int(e.tag[1]) for e in elements if e.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
    for before, level in pairwise(levels):
        assert level <= before + 1, f"heading levels jump: {levels}"
